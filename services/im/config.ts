import Type, { type Static } from 'typebox';
import { addressConfig } from '../common/addresses/config.ts';
import { baseConfig, busConfig, callsConfig, identityConfig, routeConfig } from '../common/base-config.ts';
import { tracingConfig } from '../common/tracing/config.ts';

const ms = 'ms' as const;

export const Config = Type.Object({
  ...baseConfig,
  ...busConfig,
  ...identityConfig,
  ...routeConfig,
  ...tracingConfig,
  ...addressConfig,
  addressAuthsPerSecond: Type.Number({
    default: 1_000,
    minimum: 0.01,
    hot: true,
    description:
      'Authentications of one address at this instance in the long run, right or wrong; one more is answered 10003',
  }),
  addressAuthBurst: Type.Integer({
    default: 5_000,
    minimum: 1,
    hot: true,
    description: 'Such authentications at once',
  }),
  imRoles: Type.Array(Type.Enum(['api', 'planner', 'router', 'callback', 'channel']), {
    default: ['api', 'planner', 'router', 'callback', 'channel'],
    minItems: 1,
    description: 'Which parts run in this instance',
  }),
  port: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, own: true, description: 'Port of the upstream API' }),
  keepAliveMs: Type.Integer({
    default: 75_000,
    minimum: 1_000,
    maximum: 3_600_000,
    unit: ms,
    hot: true,
    description:
      'How long a connection of the upstream API stays open between requests: longer than a balancer before it keeps its own (60 s at many, 10 min at some)',
  }),
  sharePort: Type.Boolean({
    default: false,
    own: true,
    description: 'Several instances on this machine listen on `port` together',
  }),
  ...callsConfig,
  tokenKeys: Type.Array(Type.String({ minLength: 16 }), {
    minItems: 1,
    secret: true,
    description: 'Keys of API tokens: the first signs, any verifies',
  }),
  maxQueueDepth: Type.Integer({
    default: 10_000,
    minimum: 1,
    hot: true,
    description: 'Messages that may wait for one device; a further push is refused with 30019',
  }),
  routerBatch: Type.Integer({
    default: 500,
    minimum: 1,
    maximum: 1_000,
    description: 'Route records that a router handles at once',
  }),
  replayWindowMs: Type.Integer({
    default: 60_000,
    minimum: 1_000,
    unit: ms,
    description: 'How far routers go back when Redis restarted',
  }),
  plannerMaxLag: Type.Integer({
    default: 5_000,
    minimum: 1,
    hot: true,
    description: 'The planner waits while more route records than this are not yet routed',
  }),
  callbackAllowInternal: Type.Boolean({
    default: false,
    description: 'Receipts may go to internal addresses (private, loopback, link-local and the like)',
  }),
  callbackTryMs: Type.Integer({
    default: 5_000,
    minimum: 100,
    maximum: 60_000,
    unit: ms,
    description: 'Deadline of one try to tell an upstream of receipts',
  }),
  callbackMaxWaiting: Type.Integer({
    default: 100_000,
    minimum: 1_000,
    maximum: 300_000,
    hot: true,
    description: 'Receipts of one app that may wait in this instance; further ones are dropped',
  }),
  webPushSubject: Type.Optional(
    Type.String({
      pattern: '^(mailto:|https://)\\S+$',
      description: 'Web Push: whom push services may write to, mailto: or https:. Without the three keys it is off',
    }),
  ),
  webPushPublicKey: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{87}$',
      description: 'Web Push: VAPID public key, base64url; pages subscribe with it. Routers need it too',
    }),
  ),
  webPushPrivateKey: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{43}$',
      secret: true,
      description: 'Web Push: VAPID private key, base64url',
    }),
  ),
  channelAllowInternal: Type.Boolean({
    default: false,
    description: 'Whether the addresses that devices name for their channels may be internal ones',
  }),
  channelBaseUrls: Type.Array(
    Type.String({ pattern: '^(fcm|apns|huawei|xiaomi|oppo|vivo|honor|harmony)=https?://[^\\s,]+$' }),
    {
      default: [],
      description:
        'Vendors’ services that are reached by another address (a relay of one’s own): kind=URL, whose scheme, host and port take the place of the vendor’s',
    },
  ),
  channelTryMs: Type.Integer({
    default: 10_000,
    minimum: 100,
    unit: ms,
    description: 'One try to send by a channel of a vendor',
  }),
});
export type Config = Static<typeof Config>;
