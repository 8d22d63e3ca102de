import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../scripts/cli/doctor/report.ts';
import { startRole } from '../../scripts/up/role-process.ts';
import { selfSignedCertificate } from '../rigs/certificate.ts';
import { runCli } from '../rigs/cli.ts';
import { kafkaAvailable, startKafka } from '../rigs/kafka.ts';
import { adminUrlOf, type MariadbServer, startMariadb } from '../rigs/mariadb.ts';
import { freePort, waitFor } from '../rigs/process.ts';
import { type RedisServer, startRedis } from '../rigs/redis.ts';

const root = new URL('../../', import.meta.url).pathname;
const secret = (): string => randomBytes(16).toString('hex');
const dir = mkdtempSync(join(tmpdir(), 'longwire-doctor-'));
const closing: (() => unknown)[] = [];

async function doctor(env: Record<string, string>, args: string[] = [], openFiles?: number) {
  const { code, stdout, stderr } = await runCli(['doctor', '--json', ...args], {
    env,
    ...(openFiles ? { openFiles } : {}),
  });
  if (code !== 0 && code !== 4) throw new Error(`${code}: ${stderr}`);
  const { results } = JSON.parse(stdout) as { results: Result[] };
  /** The result of a check on something, as it stands in the report. */
  const of = (check: string, subject = ''): Result | undefined =>
    results.find((one) => one.check === check && one.of.includes(subject) && one.state !== 'fine') ??
    results.find((one) => one.check === check && one.of.includes(subject));
  return { code, stdout, results, of };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The ops port of an im that isn't ready, whose clock is an hour ahead and whose bus keeps an hour. */
function opsPort(): Promise<number> {
  return listening(
    createServer((request, response) => {
      response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
      if (request.url === '/metrics') {
        response.end('longwire_bus_replay_window_seconds{topic="route",role="im",instance="im-9"} 3600\n');
        return;
      }
      const ok = request.url === '/health/live';
      response.statusCode = ok ? 200 : 503;
      response.end(JSON.stringify({ ok, faults: ok ? {} : { bus: 'not connected' } }));
    }),
  );
}

describe('planted faults, on real stores', () => {
  let users: RedisServer;
  let bus: RedisServer;
  let mariadb: MariadbServer;
  let env: Record<string, string>;
  let args: string[];
  let channelKeys: string[];

  beforeAll(async () => {
    const volatile = ['--appendonly', 'no', '--maxmemory', '67108864', '--maxmemory-policy', 'allkeys-lru'];
    users = await startRedis({ dir: join(dir, 'users'), args: volatile });
    bus = await startRedis({ dir: join(dir, 'bus'), args: ['--appendfsync', 'everysec'] });
    mariadb = await startMariadb({ dir: join(dir, 'mariadb') });
    await setMysql('innodb_flush_log_at_trx_commit = 2', "time_zone = '+03:00'", 'max_connections = 12');

    const [running, other, closed] = [secret(), secret(), await freePort()];
    const userRedisPort = await freePort();
    const userRedis = await startRole({
      script: join(root, 'services/user-redis/main.ts'),
      cwd: root,
      logFile: join(dir, 'user-redis.log'),
      env: {
        ...{ PATH: process.env['PATH'], LONGWIRE_PORT: String(userRedisPort), LONGWIRE_INTERNAL_SECRETS: running },
        ...{ LONGWIRE_REDIS_URL: `${bus.url}/2`, LONGWIRE_ROUTE_PARTITIONS: '8' },
      },
    });
    closing.push(() => userRedis.end());
    const tls = createTlsServer(selfSignedCertificate());
    const userRedisUrl = `http://127.0.0.1:${userRedisPort}`;
    await waitFor('user-redis listens', async () => (await fetch(userRedisUrl)).status === 404, 20_000);

    const file = (name: string, lines: string[]): string => {
      writeFileSync(join(dir, name), `${lines.join('\n')}\n`);
      return join(dir, name);
    };
    const common = file('common.env', [
      `LONGWIRE_INTERNAL_SECRETS=${other}`,
      `LONGWIRE_USER_REDIS_URL=${userRedisUrl}`,
      `LONGWIRE_USER_MYSQL_URL=http://127.0.0.1:${closed}`,
      `LONGWIRE_TOKEN_KEYS=${secret()}`,
    ]);
    const im = file('im.env', [`LONGWIRE_IDENTITY_KEYS=${secret()}`, 'LONGWIRE_BUS_RETENTION_MS=86400000']);
    const cm = file('cm.env', [`LONGWIRE_IDENTITY_KEYS=${secret()}`, 'LONGWIRE_HEARTBEAT_SECONDS=0']);
    const console = file('console.env', [
      `LONGWIRE_INTERNAL_SECRETS=${secret()}`,
      `LONGWIRE_IM_URL=http://127.0.0.1:${closed}`,
      'LONGWIRE_PUBLIC_URL=http://console.example.com',
      'LONGWIRE_OIDC_ISSUER=https://127.0.0.1:1',
    ]);
    channelKeys = [secret(), secret()];
    const userMysql = channelKeys.map((key, index) =>
      file(`user-mysql-${index}.env`, [
        'LONGWIRE_MYSQL_URL=mysql://a:b@127.0.0.1/longwire',
        'LONGWIRE_MYSQL_POOL_SIZE=5',
        'LONGWIRE_RECEIPTS_POOL_SIZE=2',
        `LONGWIRE_CHANNEL_SECRETS_KEYS=${key}`,
      ]),
    );
    args = [`im=${common},${im}`, `cm=${common},${cm}`, `console=${common},${console}`]
      .concat(userMysql.map((own) => `user-mysql=${common},${own}`))
      .flatMap((one) => ['--env', one]);
    env = {
      LONGWIRE_API_URL: `https://127.0.0.1:${await listening(tls)}`,
      LONGWIRE_OPS_URLS: `http://127.0.0.1:${await opsPort()}`,
      LONGWIRE_USER_REDIS_URL: userRedisUrl,
      LONGWIRE_INTERNAL_SECRETS: running,
      LONGWIRE_REDIS_URL: users.url,
      LONGWIRE_BUS_REDIS_URL: bus.url,
      LONGWIRE_MYSQL_URL: `${mariadb.url}/mysql`,
    };
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await Promise.all([users?.end(), bus?.end(), mariadb?.end()]);
    rmSync(dir, { recursive: true, force: true });
  });

  async function setMysql(...settings: string[]): Promise<void> {
    const connection = await createConnection(adminUrlOf(mariadb.url));
    for (const setting of settings) await connection.query(`SET GLOBAL ${setting}`);
    await connection.end();
  }

  test('each is found, with what it means and its remedy; no secret is in the report', async () => {
    const { code, stdout, of } = await doctor(env, args, 512);
    expect(code).toBe(4);
    const planted: [check: string, subject: string, state: string, what: RegExp, mend: RegExp][] = [
      ['open-files', 'this machine', 'wrong', /may open 512 files/, /ulimit -n/],
      ['clocks', 'im im-9', 'wrong', /ahead of that of this machine/, /chrony/],
      ['redis-maxmemory-policy', 'users', 'wrong', /is allkeys-lru/, /CONFIG SET maxmemory-policy noeviction/],
      ['redis-persistence', 'users', 'weak', /writes nothing to disk/, /appendonly yes/],
      ['redis-persistence', 'bus', 'weak', /appendfsync is everysec/, /appendfsync always/],
      ['mysql-durability', '', 'weak', /at_trx_commit is 2/, /innodb_flush_log_at_trx_commit = 1/],
      ['mysql-time-zone', '', 'weak', /is \+03:00, \+3 h off UTC/, /time_zone = '\+00:00'/],
      ['mysql-connections', '', 'wrong', /max_connections is 12/, /max_connections = 24/],
      ['instances', 'im im-9', 'wrong', /not ready \(bus: not connected\)/, /health\/ready/],
      ['arrows', 'im → user-mysql', 'wrong', /ECONNREFUSED/, /network policies/],
      ['configuration', 'cm', 'wrong', /heartbeatSeconds: must be >= 1/, /configuration\.md/],
      ['configuration', 'console', 'wrong', /oidcClientId: is required where oidcIssuer is set/, /configuration\.md/],
      ['console', 'console (file', 'wrong', /publicUrl is plain http/, /TLS/],
      ['arrows', 'console → im', 'wrong', /ECONNREFUSED/, /network policies/],
      ['arrows', 'console → the identity provider', 'wrong', /ECONNREFUSED/, /network policies/],
      ['internal-secrets', 'console (file', 'wrong', /is refused/, /old,new/],
      ['internal-secrets', 'im (file', 'wrong', /is refused/, /old,new/],
      ['shared-secrets', 'identityKeys', 'wrong', /not among those of/, /old,new/],
      [
        'channel-keys',
        'channelSecretsKeys',
        'wrong',
        /user-mysql-0\.env\) encrypts .*user-mysql-1\.env\) has /,
        /`old,new`/,
      ],
      ['partitions', 'routePartitions', 'wrong', /16 in im .* and 8 in the running user-redis/, /routePartitions/],
      ['certificates', 'upstream API', 'weak', /ends in 0 days/, /Renew/],
      ['replay-window', 'busRetentionMs of im', 'wrong', /is 1d, shorter than the longest ttl/, /4 days/],
      ['replay-window', 'topic route', 'weak', /replayed 1h back/, /busMaxRecords/],
    ];
    for (const [check, subject, state, what, mend] of planted) {
      expect(of(check, subject), `${check} of ${subject}`).toMatchObject({
        state,
        what: expect.stringMatching(what),
        mend: expect.stringMatching(mend),
        means: expect.stringMatching(/^.{20,}\.$/),
      });
    }
    for (const value of [env['LONGWIRE_INTERNAL_SECRETS']!, new URL(mariadb.url).password, ...channelKeys])
      expect(stdout).not.toContain(value);
  });

  test('mended as it says, they are fine', async () => {
    const [redis, busRedis] = [new Redis(users.url), new Redis(bus.url)];
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'appendonly', 'yes');
    await busRedis.config('SET', 'appendfsync', 'always');
    await setMysql('innodb_flush_log_at_trx_commit = 1', "time_zone = '+00:00'", 'max_connections = 24');
    redis.disconnect();
    busRedis.disconnect();
    const { results } = await doctor(env, args);
    const stores = results.filter(({ check }) => /^(redis-(max|pers)|mysql)/.test(check));
    expect(stores.filter(({ state }) => state !== 'fine')).toEqual([]);
    expect(stores).toHaveLength(8);
  });

  test('what it has no access to is not checked, with the reason', async () => {
    const redis = new Redis(users.url);
    await redis.call('ACL', 'SETUSER', 'looker', 'on', '>looking', '~*', '+@all', '-config');
    await redis.config('SET', 'appendonly', 'no');
    redis.disconnect();
    const url = `redis://looker:looking@127.0.0.1:${users.port}`;
    const closed = await freePort();
    const { of } = await doctor({ LONGWIRE_REDIS_URL: url, LONGWIRE_MYSQL_URL: `mysql://a:b@127.0.0.1:${closed}/x` });
    expect(of('redis-persistence', 'users')).toMatchObject({
      state: 'not checked',
      why: expect.stringContaining('CONFIG may not be read'),
    });
    expect(of('mysql-durability')).toMatchObject({
      state: 'not checked',
      why: expect.stringContaining('ECONNREFUSED'),
    });
    expect(of('redis-persistence', 'bus')).toMatchObject({ state: 'not checked', why: 'its address is not known' });
    expect(of('kafka-retention')?.state).toBe('not checked');
  });

  test('for people it says all that in lines', async () => {
    const { code, stdout } = await runCli(['doctor', ...args], { env });
    expect(code).toBe(4);
    expect(stdout).toMatch(/^wrong {8}partitions .*\n {13}it means: .*\n {13}mend it: {2}Set routePartitions/m);
    expect(stdout).not.toMatch(/^fine/m);
    expect(stdout).toMatch(/\d+ fine, \d+ wrong, \d+ weak, \d+ not checked\n$/);
  });

  test('a file of an environment that isn’t there is a wrong use', async () => {
    expect(await runCli(['doctor', '--env', 'cm=/nonexistent'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--env /nonexistent'),
    });
    expect(await runCli(['doctor', '--env', 'gm=/x'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a role of cm, im'),
    });
  });
});

const kafka = await kafkaAvailable();
const required = process.env['LONGWIRE_REQUIRE_KAFKA'] === '1';
describe.skipIf(!kafka.ok && !required)(`on Kafka${kafka.ok ? '' : ` (${kafka.reason})`}`, () => {
  test('a topic of one replica that keeps too little is found, and its partitions are compared', async () => {
    const own = mkdtempSync(join(tmpdir(), 'longwire-doctor-kafka-'));
    const server = await startKafka({ dir: own });
    try {
      const admin = new Kafka({ brokers: server.brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const configEntries = [{ name: 'retention.ms', value: '86400000' }];
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic: 'push.route.1', numPartitions: 4, configEntries }],
      });
      await admin.disconnect();
      const { code, of } = await doctor({ LONGWIRE_BUS_KAFKA_BROKERS: server.brokers.join() });
      expect(code).toBe(4);
      expect(of('kafka-retention', 'push.route.1')).toMatchObject({
        state: 'wrong',
        what: expect.stringContaining('kept 1d'),
      });
      expect(of('kafka-replication', 'push.route.1')).toMatchObject({
        state: 'weak',
        mend: expect.stringContaining('Three brokers'),
      });
      expect(of('arrows', 'Kafka')).toMatchObject({ state: 'fine' });
    } finally {
      await server.end();
      rmSync(own, { recursive: true, force: true });
    }
  });
});
