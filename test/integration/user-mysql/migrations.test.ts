import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { untilDone } from '../../../services/common/until-done.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { migrate, readMigrations } from '../../../services/user-mysql/edges/migrations.ts';
import { emptyDatabase, instanceOn, migrationsFolder } from './fixtures.ts';

const all = readMigrations(migrationsFolder);
const numbers = all.map(({ number }) => number);

test('all are applied in order, and none a second time', async () => {
  const database = instanceOn(await emptyDatabase());
  expect(await migrate(database, all, Date.now)).toEqual(numbers);
  expect(await migrate(database, all, Date.now)).toEqual([]);
  const tables = await database.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  );
  const made = new Set(['migration']);
  for (const { sql } of all) {
    const [, statement, table] = /^(CREATE TABLE IF NOT EXISTS|DROP TABLE IF EXISTS) (\w+)/m.exec(sql) ?? [];
    if (statement?.startsWith('CREATE')) made.add(table!);
    else if (table !== undefined) made.delete(table);
  }
  expect(tables.map(({ name }) => name)).toEqual([...made].sort());
});

test('instances that start at once apply each migration once between them', async () => {
  const url = await emptyDatabase();
  const done = await Promise.all([1, 2, 3].map(() => migrate(instanceOn(url), all, Date.now)));
  expect(done.flat().sort((left, right) => left - right)).toEqual(numbers);
});

test('a migration that was cut short before it was noted is applied again', async () => {
  const database = instanceOn(await emptyDatabase());
  await migrate(database, all, Date.now);
  await database.run('DELETE FROM migration WHERE number = ?', [numbers.at(-1)!]);
  expect(await migrate(database, all, Date.now)).toEqual(numbers.slice(-1));
});

test.each(all)('$number $name may run twice', async ({ number }) => {
  const database = instanceOn(await emptyDatabase());
  const until = all.filter((one) => one.number <= number);
  await migrate(database, until, Date.now);
  await database.run('DELETE FROM migration WHERE number = ?', [number]);
  expect(await migrate(database, until, Date.now)).toEqual([number]);
});

test('what was counted before it had columns of its own is counted as before', async () => {
  const database = instanceOn(await emptyDatabase());
  const [app, task, cid] = ['app1', 'RASL_1127_old', '0'.repeat(32)];
  await migrate(
    database,
    all.filter(({ number }) => number < 33),
    Date.now,
  );
  await database.run('INSERT INTO task (app_id, task_id, created_at) VALUES (?, ?, 1)', [app, task]);
  const before = { target: 1, sent: 2, arrived: 3, 'custom:90001': 4 };
  const names = Object.entries(before);
  await database.run('INSERT INTO push_event (app_id, task_id, cid, event, day, at) VALUES ?', [
    names.map(([event, at]) => [app, task, cid, event, 20_000, at]),
  ]);
  await database.run('INSERT INTO task_stat (app_id, task_id, event, n) VALUES ?', [
    names.map(([event, n]) => [app, task, event, n * 10]),
  ]);
  await migrate(database, all, Date.now);
  const { results } = await createCalls(database, Date.now).taskCounts({ items: [{ app, task }] });
  expect(results[0]?.counts).toEqual(names.map(([event, n]) => ({ event, count: n * 10 })));
  expect(await database.rows('SELECT cid, day, target_at, sent_at, arrived_at, shown_at FROM delivery')).toEqual([
    { cid, day: 20_000, target_at: 1, sent_at: 2, arrived_at: 3, shown_at: null },
  ]);
  expect(await database.rows('SELECT cid, event, day, at FROM custom_event')).toEqual([
    { cid, event: 'custom:90001', day: 20_000, at: 4 },
  ]);
});

test('a migration that was changed after it had been applied is refused', async () => {
  const database = instanceOn(await emptyDatabase());
  await migrate(database, all, Date.now);
  const changed = all.map((one) => (one.number === 3 ? { ...one, checksum: '0'.repeat(64) } : one));
  await expect(migrate(database, changed, Date.now)).rejects.toMatchObject({ code: 'conflict' });
});

test('one that takes longer than the limit is named with it; the next start waits for its statement and goes on there', async () => {
  const url = await emptyDatabase();
  const slow = { number: 900, name: 'slow', sql: 'SELECT SLEEP(2)', checksum: '9'.repeat(64) };
  const late = { number: 901, name: 'late', sql: 'CREATE TABLE IF NOT EXISTS late (id INT)', checksum: 'a'.repeat(64) };
  await migrate(instanceOn(url), all, Date.now);
  const first = migrate(instanceOn(url), [...all, slow, late], Date.now, 1_500);
  await expect(first).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('migration 900 (slow)'),
  });
  await expect(first).rejects.toThrow('limit of 1.5 s');
  const log = pino({ level: 'silent' });
  const next = (): Promise<number[]> => migrate(instanceOn(url), [...all, slow, late], Date.now);
  expect(await untilDone('migrate', next, log, AbortSignal.timeout(20_000))).toEqual([900, 901]);
});

test('files are read in the order of their numbers, and a number that comes twice is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longwire-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '010-b.sql'), 'SELECT 2');
  writeFileSync(join(folder, '002-a.sql'), 'SELECT 1\r\n');
  writeFileSync(join(folder, 'notes.md'), '');
  expect(readMigrations(folder).map(({ name, sql }) => [name, sql])).toEqual([
    ['a', 'SELECT 1'],
    ['b', 'SELECT 2'],
  ]);
  writeFileSync(join(folder, '010-c.sql'), 'SELECT 3');
  expect(() => readMigrations(folder)).toThrow('another migration has its number');
});
