import { busAdminCalls } from '../../services/common/protocol/bus-admin-calls.ts';
import { defaultQuotas, quotaNames } from '../../services/common/protocol/quotas.ts';
import { rebalanceCalls } from '../../services/common/protocol/rebalance-calls.ts';
import { userMysqlCalls } from '../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../services/common/rpc/client.ts';
import { type BusCommand, type Command, commandOf, type RebalanceCommand } from './admin/command.ts';
import { describe } from './admin/describe.ts';
import { rebalance } from './admin/rebalance.ts';
import { type Outcome, runCommand } from './admin/run-command.ts';
import { type Answer, argumentsOf, type CommandSpec, type Given, type Options, wordsOf } from './command-spec.ts';
import type { Session } from './session.ts';
import { need } from './target/target.ts';

/** Reading a whole topic takes a while. */
const busCallMs = 30_000;

/** What is asked of the apps and the bus, by the calls of user-mysql, and of the cms together. */
export const adminCommands: CommandSpec[] = [
  admin('app create <name>', 'a new app; prints its credentials'),
  admin('app list', 'every app'),
  admin('app show <app-id>', 'one app, with its credentials'),
  admin('app rotate-secret <app-id>', 'new masterSecret and appSecret; the old ones are taken for a while yet', {
    secret: { value: 'NAME', describe: 'only this one: master or app' },
    grace: {
      value: 'TIME',
      describe: 'how long the old one is taken (m, h or d; 0 ends it at once; 24h unless given)',
    },
  }),
  admin('app disable <app-id>', 'upstreams are answered 10002, devices that log in are closed with 4403'),
  admin('app enable <app-id>', 'lets them in again'),
  {
    ...admin('app set-quota <app-id> [quotas..]', 'limits of an app: name=N; name=default puts the default back'),
    epilog: `Quotas and their defaults, by minute or by UTC day:\n${quotaNames
      .map((name) => `  ${name.padEnd(20)} ${defaultQuotas[name] ?? 'no limit'}`)
      .join('\n')}`,
  },
  admin('app set-callback <app-id> <url>', 'where receipts go: a URL, or none'),
  admin('bus-groups', 'groups that read the bus, how far they are behind, and since when they have no members'),
  admin('bus-groups list', 'the same'),
  admin('bus-groups forget <topic> <group>', 'forgets one without members: nothing is kept for it any more'),
  admin('dead-letters', 'records that could not be worked on, the newest last'),
  admin('dead-letters list', 'the same'),
  admin('dead-letters show <number>', 'one with its value: it may hold a message, so mind who reads along'),
  admin(
    'dead-letters put-back <number>',
    'publishes its record again, behind all others of its partition, and ends it',
  ),
  admin('dead-letters drop <number>', 'ends it'),
  admin(
    'rebalance',
    'devices of cms that hold more than their part come back elsewhere, until all are even; waits for that',
    {
      'per-second': {
        value: 'N',
        describe: 'devices of all cms in a second, at the most (a hundredth of all unless given)',
      },
      share: {
        value: 'S',
        describe: "what a cm may hold over the mean of all, as 0.05 (its configuration's unless given)",
      },
    },
  ),
];

function admin(usage: string, says: string, options: Options = {}): CommandSpec {
  const spec: CommandSpec = {
    usage,
    describe: says,
    options,
    run: (given, session) => run(asked(spec, given), session),
  };
  return spec;
}

/** What a command asks for. @throws UsageError, one line that names what is allowed. */
export function asked(spec: CommandSpec, given: Given): Command | BusCommand | RebalanceCommand {
  const words = [...wordsOf(spec), ...argumentsOf(spec).flatMap(({ name }) => given.many(name))];
  const flags = { secret: given.text('secret'), grace: given.text('grace') };
  return commandOf(words, { ...flags, perSecond: given.text('per-second'), share: given.text('share') });
}

async function run(command: Command | BusCommand | RebalanceCommand, session: Session): Promise<Answer> {
  const target = session.target();
  const secret = need(target, 'internalSecret');
  if (command.do === 'rebalance') {
    const client = createClient(rebalanceCalls, { url: need(target, 'cm'), secret });
    try {
      return answered({ run: await rebalance(client.calls, command) }, session);
    } finally {
      await client.close();
    }
  }
  const url = need(target, 'userMysql');
  const client = createClient(userMysqlCalls, { url, secret });
  const bus = createClient(busAdminCalls, { url, secret, tryMs: busCallMs });
  try {
    return answered(await runCommand(client.calls, bus.calls, command), session);
  } finally {
    await Promise.all([client.close(), bus.close()]);
  }
}

function answered(outcome: Outcome, session: Session): Answer {
  return { document: outcome, text: describe(outcome, session.now()) };
}
