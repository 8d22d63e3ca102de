import Type, { type Static } from 'typebox';
import { addressConfig } from '../common/addresses/config.ts';
import { baseConfig, busConfig, callsConfig, identityConfig, routeConfig } from '../common/base-config.ts';
import { maxShedPerSecond } from '../common/protocol/cm-calls.ts';
import { tracingConfig } from '../common/tracing/config.ts';

const ms = 'ms' as const;

export const Config = Type.Object({
  ...baseConfig,
  ...busConfig,
  ...identityConfig,
  routeGeneration: routeConfig.routeGeneration,
  ...tracingConfig,
  ...addressConfig,
  addressConnectionsPerSecond: Type.Number({
    default: 500,
    minimum: 0.01,
    hot: true,
    description:
      'Device connections of one address in the long run; one more is answered 429. Thousands of phones may share one',
  }),
  addressConnectionBurst: Type.Integer({
    default: 5_000,
    minimum: 1,
    hot: true,
    description: 'Such connections at once',
  }),
  addressRegistrationsPerSecond: Type.Number({
    default: 5,
    minimum: 0.01,
    hot: true,
    description: 'Registrations of one address in the long run; one more closes 4429',
  }),
  addressRegistrationBurst: Type.Integer({
    default: 500,
    minimum: 1,
    hot: true,
    description: 'Such registrations at once',
  }),
  appRegistrationsPerSecond: Type.Number({
    default: 200,
    minimum: 0.01,
    hot: true,
    description: 'Registrations of one app at this instance in the long run; one more closes 4429',
  }),
  appRegistrationBurst: Type.Integer({
    default: 10_000,
    minimum: 1,
    hot: true,
    description: 'Such registrations at once',
  }),
  appLoginsPerSecond: Type.Number({
    default: 1_000,
    minimum: 0.01,
    hot: true,
    description: 'Logins of one app at this instance in the long run; one more closes 4429',
  }),
  appLoginBurst: Type.Integer({
    default: 30_000,
    minimum: 1,
    hot: true,
    description: 'Such logins at once: a whole instance may come back',
  }),
  port: Type.Integer({
    default: 8081,
    minimum: 0,
    maximum: 65535,
    own: true,
    description: 'Port of device connections',
  }),
  sharePort: Type.Boolean({
    default: false,
    own: true,
    description: 'Several instances on this machine listen on `port` together',
  }),
  advertisedAddress: Type.Optional(
    Type.String({
      pattern: '^http://',
      own: true,
      description:
        'Where other roles reach this very instance; `http://host:opsPort` unless set, with an address of the machine where `host` is 0.0.0.0',
    }),
  ),
  ...callsConfig,
  maxConnections: Type.Integer({
    default: 15_000,
    minimum: 1,
    hot: true,
    description: 'Device connections at the most; one more is answered 503',
  }),
  maxFrameBytes: Type.Integer({
    default: 16_384,
    minimum: 1_024,
    unit: 'bytes',
    description: 'Largest client frame; a larger one closes 4413',
  }),
  loginMs: Type.Integer({
    default: 10_000,
    minimum: 100,
    unit: ms,
    hot: true,
    description: 'A connection that has not logged in by then closes 4408',
  }),
  heartbeatSeconds: Type.Integer({
    default: 45,
    minimum: 1,
    unit: 's',
    hot: true,
    description:
      'Heartbeat told to devices at their login; one that is silent for 1.1 × that is sent a ping, for 1.5 × that closes 4408. Proxies before cm must leave a quiet connection alone for longer than 1.1 × this',
  }),
  window: Type.Integer({
    default: 32,
    minimum: 1,
    maximum: 999,
    hot: true,
    description: 'Unacknowledged unicast messages in flight per connection, as told at its login',
  }),
  framesPerSecond: Type.Integer({
    default: 200,
    minimum: 1,
    hot: true,
    description: 'Client frames per connection in the long run; more closes 4429',
  }),
  frameBurst: Type.Integer({
    default: 600,
    minimum: 1,
    hot: true,
    description: 'Client frames per connection at once',
  }),
  maxBufferedBytes: Type.Integer({
    default: 262_144,
    minimum: 16_384,
    unit: 'bytes',
    hot: true,
    description: 'Send buffer over which a socket is left behind',
  }),
  blockedMs: Type.Integer({
    default: 30_000,
    minimum: 100,
    unit: ms,
    hot: true,
    description: 'How long a socket may stay over that before it closes 4429',
  }),
  reattachMs: Type.Integer({
    default: 86_400_000,
    minimum: 1_000,
    unit: ms,
    hot: true,
    description:
      'How often a connection sets its route anew, at the least; each has a time of its own, from half of this on',
  }),
  sweepMs: Type.Integer({
    default: 300_000,
    minimum: 1_000,
    unit: ms,
    hot: true,
    description: 'How often a quiet connection looks for messages whose hint was lost; likewise',
  }),
  leaseEveryMs: Type.Integer({
    default: 3_000,
    minimum: 100,
    unit: ms,
    description: 'How often this node renews its lease',
  }),
  drainMs: Type.Integer({
    default: 10_000,
    minimum: 0,
    unit: ms,
    hot: true,
    description: 'Over how long a stopping node spreads the reconnects of its devices',
  }),
  rebalancePerSecond: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: maxShedPerSecond,
    hot: true,
    description:
      'Devices of all cms together that are told to reconnect in a second, at the most, while a cm holds more than its part; 0: none ([Even out connections](operations.md#even-out-connections))',
  }),
  rebalanceShare: Type.Number({
    default: 0.05,
    minimum: 0,
    maximum: 1,
    hot: true,
    description: 'What a cm may hold over the mean of all, as a share of it, before that begins',
  }),
});
export type Config = Static<typeof Config>;
