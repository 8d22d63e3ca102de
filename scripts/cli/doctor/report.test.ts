import { expect, test } from 'vitest';
import { waysOf } from './arrows.ts';
import { checks } from './checks.ts';
import { variablesIn } from './env-text.ts';
import { type Readings, unread } from './readings.ts';
import { examine, reportText } from './report.ts';
import { config, configs, dayMs, found, healthy, ofMysql, results, users } from './testing/healthy.ts';

test('what can’t be read is not checked, with its reason, and never fine', () => {
  const nothing: Readings = {
    ...healthy,
    machine: { ...healthy.machine, openFiles: unread('why'), somaxconn: unread('why'), processes: [] },
    ...{
      configs: [],
      instances: [],
      arrows: [],
      secrets: [],
      certificates: [],
      clocks: [{ of: 'x', answer: unread('why') }],
    },
    redis: [{ name: 'users', use: 'users', servers: unread('why') }],
    ...{ mysql: unread('why'), kafka: unread('why'), layout: unread('why') },
  };
  const all = examine(checks, nothing);
  expect(all.filter(({ state }) => state !== 'not checked').map(({ check }) => check)).toEqual(['node']);
  for (const one of all) if (one.state === 'not checked') expect(one.why).not.toBe('');
  expect([...new Set(all.map(({ check }) => check))]).toEqual(checks.map(({ name }) => name));
});

test('an account that may not read CONFIG leaves what depends on it unchecked', () => {
  const some = users({ info: { aof_enabled: '0' }, save: undefined as never, appendfsync: undefined as never });
  const states = results(some).filter(({ check }) => check === 'redis-persistence' || check === 'restart-window');
  expect(states.map(({ state }) => state)).toEqual(['not checked', 'not checked']);
});

test('what a config centre may say otherwise is not compared', () => {
  const centre = { ...config('im', { routePartitions: 8, busRetentionMs: dayMs }), centre: true };
  expect(found(configs(centre, config('user-redis')))).toEqual([]);
});

test('keys of channels that nobody has are in order; one instance has nothing to compare with', () => {
  const without = config('user-mysql', { channelSecretsKeys: [] });
  const stateOf = (...some: (typeof without)[]) =>
    results(configs(...some)).find(({ check }) => check === 'channel-keys')?.state;
  expect([stateOf(without, without), stateOf(config('user-mysql'))]).toEqual(['fine', 'not checked']);
});

test('no secret is in the report', () => {
  const some = configs(config('cm', { internalSecrets: ['hunter2'] }), config('im', { internalSecrets: ['hunter3'] }));
  expect(found(some).map(({ check }) => check)).toContain('shared-secrets');
  const keys = ['hunter4', 'hunter5'].map((key) => config('user-mysql', { channelSecretsKeys: [key] }));
  expect(found(configs(...keys)).map(({ check }) => check)).toContain('channel-keys');
  expect(JSON.stringify(results(configs(...keys)))).not.toMatch(/hunter/);
  expect(JSON.stringify(results(some))).not.toMatch(/hunter/);
});

test('the report shows what is wrong last, and counts what it leaves out', () => {
  const text = reportText(results(ofMysql({ flushLog: 2, readOnly: false })), false, (_tone, one) => one);
  expect(text).not.toMatch(/^fine/m);
  expect(text.trimEnd().split('\n').slice(-4)[0]).toMatch(/^weak +mysql-durability +MySQL: innodb_flush/);
  expect(text).toMatch(/\n {13}it means: .*\n {13}mend it: {2}SET GLOBAL/);
  expect(text.trimEnd()).toMatch(/\d+ fine, 0 wrong, 1 weak, 0 not checked$/);
});

test('on a terminal its lines are broken at its width', () => {
  const text = reportText(results(ofMysql({ flushLog: 2 })), true, (_tone, one) => one, 80);
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'mend it: SET GLOBAL innodb_flush_log_at_trx_commit = 1, and the same in my.cnf.',
  );
});

test('arrows are those of configurations; what these don’t say is taken from what was given', () => {
  const im = config('im', {
    ...{ userRedisUrl: 'http://ur:7101', userMysqlUrl: 'http://um:7102', busKafkaBrokers: ['k1:9092', 'k2:9092'] },
  });
  const ways = waysOf(
    { api: 'https://push.example', mysql: 'mysql://u:p@db/line', userRedis: 'http://other:1' },
    [im],
    ['http://10.0.0.1:7100'],
  );
  expect(ways.map(({ from, to, host, port }) => `${from} ${to} ${host}:${port}`)).toEqual([
    'upstreams im push.example:443',
    'im user-redis ur:7101',
    'im user-mysql um:7102',
    'im Kafka k1:9092',
    'im Kafka k2:9092',
    'user-mysql MySQL db:3306',
    'im and cm cm 10.0.0.1:7100',
  ]);
});

test('an environment file is read as systemd reads it', () => {
  expect(variablesIn('# a\n; b\nA=1\nB="x y"\nC=\'z\'\nexport D=a=b \n\nnonsense\nE=')).toEqual({
    ...{ A: '1', B: 'x y', C: 'z', D: 'a=b', E: '' },
  });
});
