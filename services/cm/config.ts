import Type, { type Static } from 'typebox';
import { baseConfig, busConfig, identityConfig } from '../common/base-config.ts';

const ms = 'ms' as const;

export const Config = Type.Object({
  ...baseConfig,
  ...busConfig,
  ...identityConfig,
  port: Type.Integer({ default: 8081, minimum: 0, maximum: 65535, description: 'Port of device connections' }),
  sharePort: Type.Boolean({
    default: false,
    description: 'Several instances on this machine listen on `port` together',
  }),
  advertisedAddress: Type.Optional(
    Type.String({
      pattern: '^http://',
      description:
        'Where other roles reach this very instance; `http://host:opsPort` unless set, with an address of the machine where `host` is 0.0.0.0',
    }),
  ),
  userRedisUrl: Type.String({
    default: 'http://127.0.0.1:7101',
    pattern: '^http://',
    description: 'Calls of user-redis',
  }),
  userMysqlUrl: Type.String({
    default: 'http://127.0.0.1:7102',
    pattern: '^http://',
    description: 'Calls of user-mysql',
  }),
  maxConnections: Type.Integer({
    default: 15_000,
    minimum: 1,
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
    description: 'A connection that has not logged in by then closes 4408',
  }),
  heartbeatSeconds: Type.Integer({
    default: 60,
    minimum: 1,
    unit: 's',
    description: 'Heartbeat told to devices; silent for 1.5 × that closes 4408',
  }),
  window: Type.Integer({
    default: 32,
    minimum: 1,
    maximum: 999,
    description: 'Unacknowledged unicast messages in flight per connection',
  }),
  framesPerSecond: Type.Integer({
    default: 200,
    minimum: 1,
    description: 'Client frames per connection in the long run; more closes 4429',
  }),
  frameBurst: Type.Integer({ default: 600, minimum: 1, description: 'Client frames per connection at once' }),
  maxBufferedBytes: Type.Integer({
    default: 262_144,
    minimum: 16_384,
    unit: 'bytes',
    description: 'Send buffer over which a socket is left behind',
  }),
  blockedMs: Type.Integer({
    default: 30_000,
    minimum: 100,
    unit: ms,
    description: 'How long a socket may stay over that before it closes 4429',
  }),
  reattachMs: Type.Integer({
    default: 86_400_000,
    minimum: 1_000,
    unit: ms,
    description: 'How often a connection sets its route anew',
  }),
  sweepMs: Type.Integer({
    default: 300_000,
    minimum: 1_000,
    unit: ms,
    description: 'How often a quiet connection looks for messages whose hint was lost',
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
    description: 'Over how long a stopping node spreads the reconnects of its devices',
  }),
});
export type Config = Static<typeof Config>;
