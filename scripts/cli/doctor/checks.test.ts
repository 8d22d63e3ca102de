import { expect, test } from 'vitest';
import { keyIdOf } from '../../../services/user-mysql/core/sealed.ts';
import { type Readings, read, unread } from './readings.ts';
import { countOf } from './report.ts';
import {
  config,
  configs,
  dayMs,
  found,
  instance,
  machine,
  nowMs,
  ofMysql,
  ofTopic,
  results,
  users,
} from './testing/healthy.ts';

test('a deployment in order has no finding, and nothing is left unchecked', () => {
  expect(countOf(results({}))).toMatchObject({ wrong: 0, weak: 0, notChecked: 0 });
});

test.each<[string, string, Partial<Readings>, string, string]>([
  ['node', 'wrong', machine({ node: '22.1.0' }), 'older than 26', 'node_modules/.bin/node'],
  ['open-files', 'wrong', machine({ openFiles: read({ soft: 1_024, hard: 1_024 }) }), 'hard limit', 'LimitNOFILE'],
  [
    'open-files',
    'wrong',
    machine({ processes: [{ from: 'cm-1', role: 'cm', openFiles: read({ soft: 15_000, hard: 9e5 }) }] }),
    'soft limit',
    'ulimit',
  ],
  [
    'console',
    'wrong',
    configs(config('console', { publicUrl: 'http://console.example.com', secureCookie: true })),
    'plain http',
    'TLS',
  ],
  [
    'console',
    'weak',
    configs(config('console', { publicUrl: 'https://console.example.com', secureCookie: false })),
    'secureCookie is false',
    'to true',
  ],
  [
    'console',
    'weak',
    configs(config('console', { publicUrl: 'https://c.example.com', deviceUrl: 'ws://d.example.com/sdk/v1' })),
    'deviceUrl is ws:',
    'wss:',
  ],
  [
    'shared-secrets',
    'wrong',
    configs(config('console', { internalSecrets: ['b'] }), config('user-redis')),
    'first of console',
    'old,new',
  ],
  ['somaxconn', 'weak', machine({ somaxconn: read(128) }), 'is 128', 'sysctl -w'],
  [
    'clocks',
    'wrong',
    { clocks: [{ of: 'x', answer: read({ aheadMs: -9_000, uncertainMs: 1_000 }) }] },
    '8s behind',
    'chrony',
  ],
  [
    'redis-maxmemory-policy',
    'wrong',
    users({ info: { maxmemory_policy: 'allkeys-lru' } }),
    'is allkeys-lru',
    'noeviction',
  ],
  [
    'redis-maxmemory-policy',
    'weak',
    users({ info: { maxmemory_policy: 'allkeys-lru', maxmemory: '0' } }),
    'allkeys-lru',
    'noeviction',
  ],
  ['redis-persistence', 'weak', users({ info: { aof_enabled: '0' } }), 'writes nothing', 'appendonly yes'],
  ['redis-persistence', 'wrong', users({ info: { aof_enabled: '0' } }, 'bus'), 'writes nothing', 'appendonly yes'],
  [
    'redis-persistence',
    'weak',
    users({ appendfsync: 'everysec' }, 'bus'),
    'everysec and it has no replica',
    'appendfsync always',
  ],
  ['redis-persistence', 'wrong', users({ info: { aof_last_write_status: 'err' } }), 'last write', 'disk'],
  ['redis-version', 'weak', users({ info: { redis_version: '6.2.1' } }), 'is 6.2.1', 'Upgrade'],
  ['redis-latency', 'weak', users({ pingMs: [1, 8, 20] }), '8.0 ms', 'same data centre'],
  ['mysql-version', 'wrong', ofMysql({ version: '5.7.44' }), 'is 5.7.44', 'Upgrade'],
  ['mysql-version', 'wrong', ofMysql({ version: '10.5.2-MariaDB' }), 'is 10.5.2', 'Upgrade'],
  ['mysql-durability', 'weak', ofMysql({ flushLog: 2 }), 'at_trx_commit is 2', 'SET GLOBAL innodb_flush_log'],
  ['mysql-durability', 'wrong', ofMysql({ readOnly: true }), 'takes no writes', 'read_only = OFF'],
  ['mysql-time-zone', 'weak', ofMysql({ zoneSeconds: 10_800, zone: '+03:00' }), '+3 h off UTC', "time_zone = '+00:00'"],
  ['mysql-connections', 'wrong', ofMysql({ maxConnections: 12 }), 'max_connections is 12', 'max_connections = 24'],
  ['mysql-connections', 'weak', ofMysql({ maxConnections: 20 }), 'max_connections is 20', 'receiptsPoolSize'],
  ['kafka-replication', 'weak', ofTopic({ replicas: 1, inSync: 1, minInSync: 1 }), '1 replicas', 'Three brokers'],
  ['kafka-replication', 'wrong', ofTopic({ minInSync: 1 }), 'min.insync.replicas 1', 'min.insync.replicas=2'],
  ['kafka-replication', 'wrong', ofTopic({ uncleanElection: true }), 'unclean', '=false'],
  ['kafka-replication', 'weak', ofTopic({ minInSync: 3 }), 'min.insync.replicas 3', '3 and 2'],
  ['kafka-replication', 'weak', ofTopic({ inSync: 2 }), '2 in sync', 'under-replicated'],
  ['kafka-retention', 'wrong', ofTopic({ retentionMs: dayMs }), 'kept 1d', 'retention.ms=345600000'],
  [
    'instances',
    'wrong',
    { instances: [instance({ state: 'not ready', faults: { bus: 'away' } })] },
    'bus: away',
    '/health/ready',
  ],
  [
    'arrows',
    'wrong',
    { arrows: [{ from: 'cm', to: 'x', place: 'y:1', answer: unread('ECONNREFUSED') }] },
    'ECONNREFUSED',
    'policies',
  ],
  ['configuration', 'wrong', configs({ ...config('cm'), faults: ['port: bad'] }), 'port: bad', 'configuration.md'],
  ['internal-secrets', 'wrong', { secrets: [{ by: 'im', to: 'cm-1', answer: read('refused') }] }, 'refused', 'old,new'],
  [
    'shared-secrets',
    'wrong',
    configs(config('cm'), config('im', { identityKeys: ['other'] })),
    'is not among those of',
    'old,new',
  ],
  [
    'channel-keys',
    'wrong',
    configs(config('user-mysql'), config('user-mysql', { channelSecretsKeys: ['other', 'c'] })),
    `encrypts with the key ${keyIdOf('other')}, and user-mysql (process user-mysql-1) has ${keyIdOf('c')}`,
    'two hours later',
  ],
  [
    'channel-keys',
    'wrong',
    configs(config('user-mysql', { channelSecretsKeys: [] }), config('user-mysql')),
    'has none',
    'the same list',
  ],
  [
    'partitions',
    'wrong',
    { layout: read({ routePartitions: 8, routeGeneration: 1 }) },
    'and 8 in the running user-redis',
    'routeGeneration',
  ],
  [
    'partitions',
    'wrong',
    { layout: read({ routePartitions: 16, routeGeneration: 2 }) },
    'and 2 in the running user-redis',
    'never goes down',
  ],
  ['agreement', 'wrong', configs(config('cm'), config('im', { topicPrefix: 'iot' })), 'push in cm', 'same value'],
  [
    'certificates',
    'weak',
    { certificates: [{ of: 'api', place: 'p', answer: read({ validFromMs: 0, validToMs: nowMs + 5 * dayMs }) }] },
    'in 5 days',
    'Renew',
  ],
  [
    'certificates',
    'wrong',
    { certificates: [{ of: 'api', place: 'p', answer: read({ validFromMs: 0, validToMs: nowMs - 1 }) }] },
    'has expired',
    'Renew',
  ],
  [
    'replay-window',
    'wrong',
    configs(config('im', { busRetentionMs: dayMs }), config('cm')),
    'is 1d, shorter than',
    '4 days',
  ],
  [
    'replay-window',
    'weak',
    {
      instances: [
        instance({
          samples: [{ name: 'longwire_bus_replay_window_seconds', labels: { topic: 'route' }, value: 3_600 }],
        }),
      ],
    },
    'replayed 1h back',
    'busMaxRecords',
  ],
  [
    'restart-window',
    'wrong',
    users({ info: { aof_enabled: '0' }, save: '900 1 300 10' }),
    'the last 15m',
    'replayWindowMs over 900000',
  ],
])('%s finds it (%s), and names the remedy', (check, state, some, what, mend) => {
  const finding = found(some).find((one) => one.check === check && one.state === state);
  expect(finding).toMatchObject({ what: expect.stringContaining(what), mend: expect.stringContaining(mend) });
  expect((finding as { means: string }).means).toMatch(/^.{20,}\.$/s);
});
