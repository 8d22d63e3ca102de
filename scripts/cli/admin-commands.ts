import { channelCredentials } from '../../services/common/protocol/channel-credentials.ts';
import { defaultQuotas, quotaNames } from '../../services/common/protocol/quotas.ts';
import type { CommandSpec, Options } from './command-spec.ts';

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
  {
    ...admin(
      'app set-channel <app-id> <kind> <file>',
      'what the app sends with by a vendor, from a file of JSON (- reads the standard input)',
    ),
    epilog: `Fields of the file, by kind:\n${credentialFields().join('\n')}`,
  },
  admin('app channels <app-id>', 'channels of an app; of the secrets only a fingerprint'),
  admin('app remove-channel <app-id> <kind>', 'the app sends by this vendor no more'),
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
    async run(given, session) {
      // With the calls of all roles: loaded where they are wanted, as other commands are to begin at once.
      const { runAdmin } = await import('./admin/run-admin.ts');
      return runAdmin(spec, given, session);
    },
  };
  return spec;
}

/** A line a kind: names of fields, those that may be missing in brackets. */
function credentialFields(): string[] {
  return Object.entries(channelCredentials).map(([kind, schema]) => {
    const required = new Set<string>(schema.required ?? []);
    const names = Object.keys(schema.properties).map((name) => (required.has(name) ? name : `[${name}]`));
    const whole = names[0] === 'serviceAccount' ? "serviceAccount, or the service account's own file as it is" : '';
    return `  ${kind.padEnd(8)} ${whole || names.join(', ')}`;
  });
}
