import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { pino } from 'pino';
import { expect, inject, onTestFinished, test } from 'vitest';

import { openRedisBus, redisBusDefaults } from '../../../services/common/bus/redis-streams/redis-bus.ts';
import type { EventReceipt } from '../../../services/common/protocol/bus-records.ts';
import { partitionOf } from '../../../services/common/protocol/positions.ts';
import { receiptPartitions, topicsOf } from '../../../services/common/protocol/topics.ts';
import { userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../../services/common/rpc/client.ts';
import { freePort, startProcess, waitFor } from '../../rigs/process.ts';
import { cidsOf, emptyDatabase } from './fixtures.ts';

const main = fileURLToPath(new URL('../../../services/user-mysql/main.ts', import.meta.url));
const secret = 'internal-secret-of-a-test';

interface Running {
  port: number;
  opsPort: number;
  lines: () => { msg: string; level: string }[];
  end: () => Promise<void>;
}

async function startService(settings: Record<string, string>): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-user-mysql-'));
  const logFile = join(dir, 'log');
  const server = await startProcess({
    command: process.execPath,
    args: [main],
    logFile,
    env: {
      ...process.env,
      LONGWIRE_PORT: '0',
      LONGWIRE_INTERNAL_SECRETS: secret,
      LONGWIRE_BUS_REDIS_URL: inject('redisUrl'),
      ...settings,
    },
  });
  onTestFinished(async () => {
    await server.end();
    rmSync(dir, { recursive: true, force: true });
  });
  const lines = () =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const listening = await waitFor(
    'user-mysql listens',
    () => lines().find(({ msg }) => msg === 'user-mysql is listening'),
    20_000,
  );
  return { port: listening.port, opsPort: listening.opsPort, lines, end: () => server.end() };
}

async function opsText(running: Running, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${running.opsPort}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.text();
}

test('the service answers calls, counts receipts of the bus, tells its health and figures, and stops in order', async () => {
  const prefix = `t${randomBytes(6).toString('hex')}`;
  const mysqlUrl = await emptyDatabase();
  const running = await startService({ LONGWIRE_MYSQL_URL: mysqlUrl, LONGWIRE_TOPIC_PREFIX: prefix });
  const client = createClient(userMysqlCalls, { url: `http://127.0.0.1:${running.port}`, secret });
  onTestFinished(() => client.close());
  await waitFor('ready', async () => (await opsText(running, '/health/ready')) !== '');

  const one = { appId: 'app1', appKey: 'k', masterSecret: 'm', appSecret: 's', name: 'n', disabled: false };
  await client.calls.putApp(one);
  expect(await client.calls.app({ appId: 'app1' })).toEqual({ app: one });
  await expect(client.calls.app({ appId: 'not an id' })).rejects.toMatchObject({ code: 'bad_request' });
  const full = cidsOf(0, 11).map((cid) => ({ cid, alias: 'full' }));
  await expect(client.calls.bindAliases({ app: 'app1', list: full })).rejects.toMatchObject({
    code: 'conflict',
    field: 'full',
  });

  const log = pino({ level: 'silent' });
  const bus = await openRedisBus({ ...redisBusDefaults, url: inject('redisUrl') }, log);
  onTestFinished(() => bus.close());
  const topic = topicsOf(prefix, 1).receipt;
  await waitFor('the topic is there', async () => (await bus.ranges(topic)).length === receiptPartitions);
  const tasks = ['task1', 'task2', 'task3'];
  // Of today: the first look after the tables removes tasks of long ago, also one that was made a moment before.
  const at = Date.now();
  for (const task of tasks) {
    const receipt: EventReceipt = { kind: 'event', app: 'app1', task, event: 'sent', at, cids: cidsOf(0, 20) };
    const partition = partitionOf(task, receiptPartitions);
    const record = { partition, key: task, value: JSON.stringify(receipt) };
    await bus.publish(topic, [record, { ...record, value: 'nonsense' }, record]);
  }
  const items = tasks.map((task) => ({ app: 'app1', task }));
  // The first look after the tables makes partitions of events meanwhile, which holds receipts up, on a busy disk for seconds.
  const counted = await waitFor(
    'receipts are counted',
    async () => {
      const { results } = await client.calls.taskCounts({ items });
      return results.every((result) => result !== null) ? results : undefined;
    },
    25_000,
  );
  const sent = { counts: ['target', 'sent'].map((event) => ({ event, count: 20 })) };
  expect(counted).toEqual([sent, sent, sent]);
  const figures = await waitFor('receipts are committed', async () => {
    const text = await opsText(running, '/metrics');
    const lags = [...text.matchAll(/^longwire_receipts_lag\{.*\} (\d+)$/gm)].map(([, lag]) => lag);
    return lags.length === receiptPartitions && lags.every((lag) => lag === '0') && text;
  });
  expect(figures).toMatch(/longwire_mysql_up\{.*\} 1\n/);
  expect(figures).toMatch(/longwire_receipt_records_total\{outcome="applied".*\} 6\n/);
  expect(figures).toMatch(/longwire_receipt_records_total\{outcome="unreadable".*\} 3\n/);
  expect(figures).toMatch(/longwire_receipt_events_total\{event="sent".*\} 60\n/);
  expect(figures).toMatch(/longwire_call_seconds_count\{.*call="taskCounts",outcome="ok"\}/);
  await opsText(running, '/health/live');

  await running.end();
  await waitFor('it says that it has stopped', () => running.lines().at(-1)?.msg === 'stopped');
  // That its MySQL did not answer for a second, as where this machine stands still, is no fault of the service.
  const faults = running
    .lines()
    .filter(({ level, msg }) => ['error', 'fatal'].includes(level) && msg !== 'MySQL is away');
  expect(faults).toEqual([]);
  expect(JSON.stringify(running.lines())).not.toContain(new URL(mysqlUrl).password);
});

test('each fault of the configuration is one line, without secrets, and the process ends with 78', async () => {
  const env = {
    PATH: process.env['PATH'],
    LONGWIRE_INTERNAL_SECRETS: 'short',
    LONGWIRE_MYSQL_URL: 'mysql://user:hunter2@127.0.0.1:3306',
    LONGWIRE_PORT: 'many',
  };
  const { code, stderr } = await new Promise<{ code: number | undefined; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [main], { env, timeout: 20_000 }, (_error, _stdout, text) =>
      resolve({ code: child.exitCode ?? undefined, stderr: text }),
    );
  });
  expect(code).toBe(78);
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(3);
  for (const key of ['internalSecrets', 'mysqlUrl', 'port']) {
    expect(lines.filter((line) => line.startsWith(`user-mysql: configuration: ${key}`))).toHaveLength(1);
  }
  expect(stderr).not.toContain('hunter2');
});

test('without MySQL the process is alive and not ready, and stops when it is told to', async () => {
  const opsPort = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'longwire-user-mysql-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const server = await startProcess({
    command: process.execPath,
    args: [main],
    logFile: join(dir, 'log'),
    env: {
      ...process.env,
      LONGWIRE_OPS_PORT: String(opsPort),
      LONGWIRE_INTERNAL_SECRETS: secret,
      LONGWIRE_MYSQL_URL: `mysql://nobody:none@127.0.0.1:${await freePort()}/none`,
    },
  });
  onTestFinished(() => server.end());
  const statusOf = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${opsPort}${path}`)).status;
  await waitFor('alive', async () => (await statusOf('/health/live')) === 200);
  expect(await statusOf('/health/ready')).toBe(503);
  const lines = () => readFileSync(join(dir, 'log'), 'utf8').trim().split('\n');
  await waitFor('it says that it waits', () => lines().some((line) => line.includes('waiting, as it cannot be done')));
  await server.end();
  // The process may be gone before all it wrote has come through the pipe.
  await waitFor('it says that it has stopped', () => JSON.parse(lines().at(-1)!).msg === 'stopped');
});

test('while every connection for calls is taken, and the queue for one is full, it stays ready: a busy MySQL is not one that is away', async () => {
  const mysqlUrl = await emptyDatabase();
  const running = await startService({
    LONGWIRE_MYSQL_URL: mysqlUrl,
    LONGWIRE_TOPIC_PREFIX: `t${randomBytes(6).toString('hex')}`,
    LONGWIRE_MYSQL_POOL_SIZE: '1',
    LONGWIRE_MYSQL_QUEUE_LIMIT: '4',
  });
  await waitFor('ready', async () => (await opsText(running, '/health/ready')) !== '');
  const client = createClient(userMysqlCalls, { url: `http://127.0.0.1:${running.port}`, secret, connections: 16 });
  onTestFinished(() => client.close());
  const locking = await createConnection({ uri: mysqlUrl });
  onTestFinished(() => locking.end());
  await locking.query('LOCK TABLES app WRITE');
  const flood = Array.from({ length: 16 }, async () => {
    for (let times = 0; times < 3; times++) await client.calls.app({ appId: 'app1' }).catch(() => {});
  });
  const looks: number[] = [];
  const looking = setInterval(() => {
    void fetch(`http://127.0.0.1:${running.opsPort}/health/ready`).then(({ status }) => looks.push(status));
  }, 50);
  await Promise.all(flood);
  clearInterval(looking);
  expect(looks.length).toBeGreaterThan(40);
  expect(new Set(looks)).toEqual(new Set([200]));
});
