import { defaultQuotas, quotaNames } from '../../services/common/protocol/quotas.ts';

const quotas = quotaNames.map((name) => `                ${name.padEnd(20)} ${defaultQuotas[name] ?? 'no limit'}`);

export const usage = `npm run admin -- COMMAND [options]

app …
  create NAME                   a new app; prints its credentials
  list                          every app
  show ID                       one app, with its credentials
  rotate-secret ID              new masterSecret and appSecret; the old ones are taken for a while yet
    --secret master|app         only this one
    --grace 24h                 how long the old one is taken (m, h or d; 0 ends it at once; default 24h)
  disable ID                    upstreams are answered 10002, devices that log in are closed with 4403
  enable ID
  set-quota ID name=N …         limits; name=default puts the default back
  set-callback ID URL|none      where receipts go

bus-groups                      groups that read the bus, how far behind they are, and since when they have no members
bus-groups forget TOPIC GROUP   forgets one without members: nothing is kept for it any more
dead-letters                    records that could not be worked on, the newest last
dead-letters show ID            one with its value
dead-letters put-back ID        publishes its record again, behind all others of its partition, and ends it
dead-letters drop ID            ends it

rebalance                       devices of cms that hold more than their part come back elsewhere, until all are even; waits for that
  --per-second N                devices of all cms in a second, at the most (default a hundredth of all)
  --share 0.05                  what a cm may hold over the mean of all (default its configuration's)

  --user-mysql URL              calls of user-mysql, http://host:port; its secret is in LONGWIRE_INTERNAL_SECRETS
  --cm URL                      calls of any one cm, for rebalance; likewise
  --data DIR                    the folder of a system that \`npm run up\` runs (default .longwire)
  --json                        answers as JSON
  --help                        this text

Without --user-mysql (or LONGWIRE_USER_MYSQL_URL) or --cm it speaks to the system of the data folder. The other roles take a change
up within 30 s; a new masterSecret and an app that is enabled again are good within 2 s at the API.

Quotas and their defaults, by minute or by UTC day:

${quotas.join('\n')}
`;
