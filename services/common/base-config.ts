import { hostname } from 'node:os';
import Type from 'typebox';
import { apolloKeys } from './apollo/settings.ts';
import { redisUrlFault } from './redis/address.ts';

/** Keys that every service has; each spreads these into its own schema. */
export const baseConfig = {
  instance: Type.String({
    default: hostname(),
    minLength: 1,
    maxLength: 64,
    own: true,
    description: 'Name of this instance in logs and metrics',
  }),
  logLevel: Type.Enum(['debug', 'info', 'warn', 'error'], {
    default: 'info',
    hot: true,
    description: 'Least severe level that is logged',
  }),
  host: Type.String({ default: '127.0.0.1', own: true, description: 'Address that this instance listens on' }),
  opsPort: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65535,
    own: true,
    description: 'Port of health, metrics and calls meant for this one instance; 0: any free port',
  }),
  internalSecrets: Type.Array(Type.String({ minLength: 16 }), {
    minItems: 1,
    secret: true,
    description: 'Shared secrets of internal calls: the first is sent, any is accepted',
  }),
  graceMs: Type.Integer({ default: 20_000, minimum: 100, unit: 'ms', description: 'How long a stop may take' }),
  ...apolloKeys,
};

/** Keys of the services that speak to the bus. */
export const busConfig = {
  bus: Type.Enum(['redis', 'kafka'], { default: 'redis', description: 'Which bus adapter runs' }),
  busRedisUrl: Type.String({
    default: 'redis://127.0.0.1:6379',
    secret: true,
    check: redisUrlFault,
    description: 'Redis of the bus, where the bus is Redis Streams: one server, Sentinels or a Cluster',
  }),
  busMinReplicas: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10,
      description:
        'Replicas that must have a record of the Redis bus before it is accepted and before anybody reads it; without it 1 behind Sentinels and in a Cluster, 0 for one server',
    }),
  ),
  busKafkaBrokers: Type.Array(Type.String(), { default: ['127.0.0.1:9092'], description: 'Kafka brokers, host:port' }),
  topicPrefix: Type.String({
    default: 'longwire',
    pattern: '^[a-z0-9-]{1,40}$',
    description: 'Product line: prefix of every topic and group',
  }),
  busRetentionMs: Type.Integer({
    default: 4 * 86_400_000,
    minimum: 60_000,
    unit: 'ms',
    description:
      'How long the bus keeps what may have to be replayed; at least the longest ttl (3 days). On Kafka all records, on Redis Streams less where a bound is reached',
  }),
  busMaxRecords: Type.Integer({
    default: 1_000_000,
    minimum: 100,
    description: 'Records of one partition at the most, where the bus is Redis Streams',
  }),
  busMaxBytes: Type.Integer({
    default: 0,
    minimum: 0,
    unit: 'bytes',
    description:
      'Bytes of one partition at the most, where the bus is Redis Streams; 0: by the memory of its Redis (`maxmemory`, else half of the machine’s), of which all topics together take half',
  }),
};

/** Keys of the services that call the two of the users' state. */
export const callsConfig = {
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
};

/** Keys that all roles must agree on, as they say which position of the bus is which `seq`. */
export const routeConfig = {
  routePartitions: Type.Integer({
    default: 16,
    minimum: 1,
    maximum: 1024,
    description: 'Partitions of the route topic',
  }),
  routeGeneration: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 2047,
    description: 'Raised by one whenever the route topic is made anew or its partitions change',
  }),
};

/** Keys of the services that issue or check device identities. */
export const identityConfig = {
  identityKeys: Type.Array(Type.String({ minLength: 16 }), {
    minItems: 1,
    secret: true,
    description: 'Keys of cids and tokens: the first signs, any verifies. Taking one away ends what it signed',
  }),
};
