import Type, { type Static } from 'typebox';
import { baseConfig, busConfig, routeConfig } from '../common/base-config.ts';

export const Config = Type.Object({
  ...baseConfig,
  ...busConfig,
  routeGeneration: routeConfig.routeGeneration,
  port: Type.Integer({ default: 7102, minimum: 0, maximum: 65535, own: true, description: 'Port of internal calls' }),
  sharePort: Type.Boolean({
    default: false,
    own: true,
    description: 'Several instances on this machine listen on `port` together',
  }),
  mysqlUrl: Type.String({
    pattern: '^mysql://[^/]+/[A-Za-z0-9_-]+(\\?.*)?$',
    secret: true,
    description: 'MySQL or MariaDB with its database: mysql://user:password@host:port/database',
  }),
  channelSecretsKeys: Type.Array(Type.String({ minLength: 16 }), {
    default: [],
    secret: true,
    description:
      'Keys that credentials of vendors’ channels are encrypted with in MySQL: the first encrypts, any decrypts. Without one none can be set',
  }),
  mysqlPoolSize: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1_000,
    description: 'Connections to MySQL for calls, at the most',
  }),
  mysqlQueueLimit: Type.Integer({
    default: 1_000,
    minimum: 1,
    description: 'Calls that wait for a connection, at the most; one more is refused as overloaded',
  }),
  mysqlCallMs: Type.Integer({
    default: 1_500,
    minimum: 50,
    unit: 'ms',
    description: 'Deadline of the statements of one call together, waiting for a connection included',
  }),
  receiptsPoolSize: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 100,
    description: 'Connections to MySQL for receipts, at the most',
  }),
  receiptsGatherMs: Type.Integer({
    default: 1_000,
    minimum: 0,
    maximum: 5_000,
    unit: 'ms',
    description: 'Time from one batch of receipts of a partition to the next, so that they share transactions',
  }),
  receiptsBatch: Type.Integer({
    default: 500,
    minimum: 1,
    maximum: 10_000,
    description: 'Records of the receipts topic taken at once, at the most',
  }),
  receiptsTransactionMs: Type.Integer({
    default: 10_000,
    minimum: 100,
    unit: 'ms',
    description: 'Deadline of one transaction of receipts, waiting for a connection included',
  }),
  detailDays: Type.Integer({
    default: 30,
    minimum: 15,
    maximum: 300,
    description:
      'How long what happened on each device is kept, by the day of its task; what comes later is not counted',
  }),
  historyDays: Type.Integer({
    default: 400,
    minimum: 15,
    maximum: 3_650,
    description: 'How long the figures of tasks and days are kept; at least as long as `detailDays`',
  }),
});
export type Config = Static<typeof Config>;
