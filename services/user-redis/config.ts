import Type, { type Static } from 'typebox';
import { baseConfig, routeConfig } from '../common/base-config.ts';
import { redisUrlFault } from '../common/redis/address.ts';

export const Config = Type.Object({
  ...baseConfig,
  routePartitions: routeConfig.routePartitions,
  port: Type.Integer({ default: 7101, minimum: 0, maximum: 65535, own: true, description: 'Port of internal calls' }),
  sharePort: Type.Boolean({
    default: false,
    own: true,
    description: 'Several instances on this machine listen on `port` together',
  }),
  redisUrl: Type.String({
    default: 'redis://127.0.0.1:6379',
    secret: true,
    check: redisUrlFault,
    description: "The users' Redis: one server, Sentinels or a Cluster",
  }),
  keyPrefix: Type.String({
    default: 'longwire',
    pattern: '^[a-z0-9-]{1,40}$',
    description: 'Product line: prefix of every key',
  }),
  redisCommandMs: Type.Integer({
    default: 2_000,
    minimum: 50,
    unit: 'ms',
    description: 'Deadline of one Redis command',
  }),
  leaseTtlMs: Type.Integer({
    default: 10_000,
    minimum: 1_000,
    unit: 'ms',
    description: 'How long a CM lease lasts without renewal',
  }),
  routeTtlMs: Type.Integer({
    default: 7 * 86_400_000,
    minimum: 60_000,
    unit: 'ms',
    description: 'How long a route lasts without being attached again; CM does that daily',
  }),
});
export type Config = Static<typeof Config>;
