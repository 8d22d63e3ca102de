import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Availability } from '../../../services/user-mysql/availability.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { migrate, readMigrations } from '../../../services/user-mysql/edges/migrations.ts';
import type { MariadbServer } from '../../rigs/mariadb.ts';
import { startDatabase } from '../../rigs/mysql.ts';
import { freeze, waitFor } from '../../rigs/process.ts';
import { cidOf, emptyDatabase, instanceOn, migrationsFolder } from './fixtures.ts';

const app = 'app1';
const deadlineMs = 600;
const dir = mkdtempSync(join(tmpdir(), 'longwire-outage-'));
let server: MariadbServer;

beforeAll(async () => {
  server = await startDatabase({ dir });
});

afterAll(async () => {
  await server.end();
  rmSync(dir, { recursive: true, force: true });
});

const restart = async (): Promise<void> => {
  server = await startDatabase({ dir, port: server.port });
};

async function expectUnavailableInTime(work: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await expect(work()).rejects.toMatchObject({ code: 'unavailable' });
  // Room for a slow machine; without a deadline it would be a minute.
  expect(performance.now() - startMs).toBeLessThan(deadlineMs + 2_000);
}

test('while MySQL is away calls fail in time, and after its restart they go on with its data', async () => {
  const database = instanceOn(await emptyDatabase(server.url), { deadlineMs });
  await migrate(database, readMigrations(migrationsFolder), Date.now);
  const calls = createCalls(database, Date.now);
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const availability = new Availability(database, log, 20);
  availability.start();
  await waitFor('MySQL answers', () => availability.up);
  await calls.bindAliases({ app, list: [{ cid: cidOf(1), alias: 'kept' }] });

  await server.end('SIGKILL');
  await expectUnavailableInTime(() => calls.cidsOf({ items: [{ app, alias: 'kept' }] }));
  await expectUnavailableInTime(() => calls.bindAliases({ app, list: [{ cid: cidOf(2), alias: 'kept' }] }));
  await waitFor('MySQL is noticed to be away', () => !availability.up);

  await restart();
  await waitFor('MySQL is noticed to be back', () => availability.up);
  const found = await waitFor('calls are answered again', () => calls.cidsOf({ items: [{ app, alias: 'kept' }] }));
  expect(found.results).toEqual([{ cids: [cidOf(1)] }]);
  availability.stop();
  expect(lines).toEqual(['MySQL answers', 'MySQL is away', 'MySQL answers']);
});

test('a MySQL that hangs is away too, and its connections are used no more', async () => {
  const database = instanceOn(await emptyDatabase(server.url), { deadlineMs, poolSize: 2 });
  await migrate(database, readMigrations(migrationsFolder), Date.now);
  const calls = createCalls(database, Date.now);
  await calls.app({ appId: app });
  await freeze(server.pid);
  try {
    await expectUnavailableInTime(() => calls.app({ appId: app }));
    await expectUnavailableInTime(() => Promise.all([1, 2, 3, 4].map(() => calls.app({ appId: app }))));
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await waitFor('calls are answered again', () => calls.app({ appId: app }));
  expect(database.busy).toBe(0);
});

test('more work than may wait for a connection is refused at once', async () => {
  const database = instanceOn(await emptyDatabase(server.url), { poolSize: 1, queueLimit: 2 });
  await database.rows('SELECT 1');
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => database.rows('SELECT SLEEP(0.1)')));
  const codes = outcomes.map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.code));
  expect(codes).toEqual(['done', 'done', 'done', 'overloaded', 'overloaded']);
});

test('a statement over the deadline is given up, and the pool stays usable', async () => {
  const database = instanceOn(await emptyDatabase(server.url), { poolSize: 1, deadlineMs: 100 });
  await expect(database.rows('SELECT SLEEP(5)')).rejects.toMatchObject({ code: 'unavailable' });
  expect(await waitFor('another answer', () => database.rows('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});

test('a statement that MySQL refuses tells neither its text nor its values', async () => {
  const database = instanceOn(await emptyDatabase(server.url));
  const fault = await database.rows('SELECT ? FROM nowhere', ['hunter2']).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'internal', message: 'MySQL refused a statement (ER_NO_SUCH_TABLE)' });
  expect(JSON.stringify(pino.stdSerializers.err(fault as Error))).not.toMatch(/hunter2|nowhere/);
});
