import type { OpsReading } from '../../edges/ops-pages.ts';
import { checks } from '../checks.ts';
import { type KafkaTopic, type Mysql, type Readings, type RedisServer, type RoleConfig, read } from '../readings.ts';
import { examine } from '../report.ts';

export const dayMs = 86_400_000;
export const nowMs = Date.parse('2026-06-01T00:00:00Z');
const redisServer: RedisServer = {
  place: 'r:6379',
  info: { redis_version: '7.2.4', maxmemory: '1000', maxmemory_policy: 'noeviction', aof_enabled: '1' },
  save: '',
  appendfsync: 'always',
  pingMs: [0.2, 0.3, 0.9],
};
const mysql: Mysql = {
  ...{
    version: '8.4.0',
    flushLog: 1,
    zoneSeconds: 0,
    zone: 'UTC',
    maxConnections: 200,
    connected: 20,
    readOnly: false,
  },
};
const topic: KafkaTopic = {
  ...{ topic: 'push.route.1', partitions: 16, replicas: 3, inSync: 3, minInSync: 2 },
  ...{ retentionMs: 4 * dayMs, uncleanElection: false },
};
export const config = (role: RoleConfig['role'], values: Record<string, unknown> = {}): RoleConfig => ({
  ...{ role, from: `process ${role}-1`, faults: [], centre: false },
  values: {
    ...{ internalSecrets: ['a'], identityKeys: ['i'], tokenKeys: ['t'], routePartitions: 16, routeGeneration: 1 },
    ...{ bus: 'kafka', topicPrefix: 'push', busRetentionMs: 4 * dayMs, replayWindowMs: 60_000, maxConnections: 15_000 },
    ...{ mysqlPoolSize: 5, receiptsPoolSize: 2, channelSecretsKeys: ['c'] },
    ...values,
  },
});
export const instance = (some: Partial<OpsReading> = {}): OpsReading => ({
  ...{
    instance: { role: 'cm', instance: 'cm-1', ops: 'http://cm:7100' },
    atMs: nowMs,
    state: 'ready',
    faults: {},
    samples: [],
  },
  ...some,
});
/** What the edges read of a deployment that is in order; each of the following makes one thing otherwise. */
export const healthy: Readings = {
  nowMs,
  machine: {
    node: '26.10.0',
    openFiles: read({ soft: 1_024, hard: 262_144 }),
    somaxconn: read(4_096),
    processes: [{ from: 'process cm-1', role: 'cm', openFiles: read({ soft: 262_144, hard: 262_144 }) }],
  },
  configs: [
    ...[config('cm'), config('im'), config('im'), config('user-mysql'), config('user-mysql')],
    ...[config('user-redis'), config('console')],
  ],
  noConfigs: 'no configs',
  instances: [instance()],
  noInstances: 'no instances',
  redis: [
    { name: 'users', use: 'users', servers: read([redisServer]) },
    { name: 'bus', use: 'bus', servers: read([redisServer]) },
  ],
  mysql: read(mysql),
  kafka: read({ brokers: ['k:9092'], topics: [topic, { ...topic, topic: 'push.receipt', retentionMs: dayMs }] }),
  arrows: [{ from: 'cm', to: 'user-redis', place: 'u:7101', answer: read(true) }],
  secrets: [{ by: 'im', to: 'user-redis', answer: read('taken') }],
  layout: read({ routePartitions: 16, routeGeneration: 1 }),
  clocks: [{ of: 'cm-1', answer: read({ aheadMs: 900, uncertainMs: 1_000 }) }],
  certificates: [{ of: 'api', place: 'p:443', answer: read({ validFromMs: 0, validToMs: nowMs + 60 * dayMs }) }],
};
export const results = (some: Partial<Readings>) => examine(checks, { ...healthy, ...some });
export const found = (some: Partial<Readings>) =>
  results(some).filter(({ state }) => state === 'wrong' || state === 'weak');

export const machine = (some: Partial<Readings['machine']>) => ({ machine: { ...healthy.machine, ...some } });
export const users = (some: Partial<RedisServer>, use: 'users' | 'bus' = 'users') => ({
  redis: [
    { name: use, use, servers: read([{ ...redisServer, ...some, info: { ...redisServer.info, ...some.info } }]) },
  ],
});
export const ofMysql = (some: Partial<Mysql>) => ({ mysql: read({ ...mysql, ...some }) });
export const ofTopic = (some: Partial<KafkaTopic>) => ({
  kafka: read({ brokers: [], topics: [{ ...topic, ...some }] }),
});
export const configs = (...some: RoleConfig[]) => ({ configs: some });
