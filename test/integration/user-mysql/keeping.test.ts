import { createConnection } from 'mysql2/promise';
import { beforeEach, expect, test } from 'vitest';
import type { EventReceipt } from '../../../services/common/protocol/bus-records.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { dayMs, dayOf, nameOfDay, startOfDay } from '../../../services/user-mysql/core/days.ts';
import { keepPartitions } from '../../../services/user-mysql/edges/event-partitions.ts';
import { keepTables } from '../../../services/user-mysql/edges/keeping.ts';
import type { MysqlDatabase } from '../../../services/user-mysql/edges/mysql-database.ts';
import { createReceiptStore } from '../../../services/user-mysql/edges/receipt-store.ts';
import { waitFor } from '../../rigs/process.ts';
import { cidOf, cidsOf, instanceOn, migratedDatabase, recordsFrom } from './fixtures.ts';
import { plansOf } from './plans.ts';

const app = 'app1';
const source = { group: 'g', topic: 't' };
/** Two days before the end of a year, in the evening. */
const begin = Date.UTC(2026, 11, 30, 20);
let now = begin;
let url: string;
let database: MysqlDatabase;
let offset = 0;

beforeEach(async () => {
  ({ url, database } = await migratedDatabase());
  now = begin;
  offset = 0;
  await createCalls(database, Date.now).putApp({
    ...{ appId: app, appKey: 'k', masterSecret: 'm', appSecret: 's', name: '', disabled: false },
  });
});

/** A task of the day of this time. */
function taskOf(at: number, name = 'a'): string {
  return `RASS_${nameOfDay(dayOf(at)).slice(4)}_${name.repeat(40)}`;
}

/** How many events are counted by a receipt that comes now. */
async function apply(task: string, event: EventReceipt['event'], cids: string[]): Promise<number> {
  const { counted } = await applied(task, event, cids);
  return Object.values(counted).reduce((sum, n) => sum + n, 0);
}

function applied(task: string, event: EventReceipt['event'], cids: string[]) {
  const receipt: EventReceipt = { kind: 'event', app, task, event, at: now, cids };
  return createReceiptStore(database, source, () => now).apply(0, recordsFrom(offset++, [receipt]));
}

const options = (more: { stopping?: () => boolean } = {}) => ({
  ...{ now: () => now, detailDays: 30, historyDays: 400, slackMs: 5 * dayMs, stopping: () => false },
  ...more,
});

async function countsOf(task: string): Promise<Record<string, number> | null> {
  const { results } = await createCalls(database, () => now).taskCounts({ items: [{ app, task }] });
  return results[0] ? Object.fromEntries(results[0].counts.map(({ event, count }) => [event, count])) : null;
}

async function partitions(): Promise<string[]> {
  const rows = await database.rows<{ name: string }>(
    `SELECT partition_name AS name FROM information_schema.partitions
     WHERE table_schema = DATABASE() AND table_name = 'delivery' ORDER BY partition_ordinal_position`,
  );
  return rows.map(({ name }) => name);
}

/** Rows of each day that has any. */
async function rowsByDay(): Promise<Record<string, number>> {
  const rows = await database.rows<{ day: number; n: number }>('SELECT day, COUNT(*) AS n FROM delivery GROUP BY day');
  return Object.fromEntries(rows.map(({ day, n }) => [nameOfDay(day), n]));
}

test('events that come twice, before and after midnight and in the new year, are counted once', async () => {
  await keepTables(database, options());
  const task = taskOf(now);
  expect(await apply(task, 'target', cidsOf(0, 3))).toBe(3);
  now = Date.UTC(2026, 11, 31, 0, 0, 1);
  expect(await apply(task, 'arrived', cidsOf(0, 2))).toBe(4);
  await keepTables(database, options());
  now = Date.UTC(2027, 0, 2);
  expect(await apply(task, 'arrived', cidsOf(0, 3))).toBe(2);
  await keepTables(database, options());
  expect(await apply(task, 'clicked', cidsOf(0, 1))).toBe(1);
  expect(await countsOf(task)).toEqual({ target: 3, sent: 3, arrived: 3, clicked: 1 });
  expect(await rowsByDay()).toEqual({ 20261230: 3 });
});

test('a dropped partition leaves the figures, and nothing that comes later is counted again', async () => {
  const old = taskOf(begin);
  await apply(old, 'arrived', cidsOf(0, 5));
  await keepTables(database, options());
  now = begin + 31 * dayMs;
  const young = taskOf(now, 'b');
  await apply(young, 'arrived', cidsOf(0, 5));
  const changed = await keepTables(database, options());
  expect(changed?.dropped).toEqual(
    ['delivery', 'custom_event', 'channel_result'].flatMap((table) => [`${table}.p20261229`, `${table}.p20261230`]),
  );
  expect(await rowsByDay()).toEqual({ 20270130: 5 });
  const expected = { target: 5, sent: 5, arrived: 5 };
  expect(await countsOf(old)).toEqual(expected);
  expect(await applied(old, 'clicked', cidsOf(0, 5))).toEqual({ fresh: 1, counted: {}, late: 20 });
  expect(await apply(young, 'arrived', cidsOf(0, 5))).toBe(0);
  expect(await countsOf(old)).toEqual(expected);
  // A year later the id says a day that is kept: its task tells that it isn't that one.
  now = begin + 366 * dayMs;
  await keepTables(database, options());
  expect(await apply(old, 'clicked', cidsOf(0, 5))).toBe(0);
  expect(await countsOf(old)).toEqual(expected);
  const { events } = await createCalls(database, () => now).deviceEvents({ app, task: old, cid: cidOf(0) });
  expect(events).toEqual([]);
});

test('what happened on a device is read while its day is kept', async () => {
  await keepTables(database, options());
  const task = taskOf(now);
  await apply(task, 'arrived', cidsOf(0, 1));
  now += 20 * dayMs;
  await keepTables(database, options());
  const { events } = await createCalls(database, () => now).deviceEvents({ app, task, cid: cidOf(0) });
  expect(events.map(({ event }) => event)).toEqual(['target', 'sent', 'arrived']);
});

test('a task is neither older than its day nor younger than now, whatever devices say', async () => {
  const task = taskOf(now);
  const store = createReceiptStore(database, source, () => now);
  for (const at of [now + 900 * dayMs, 1]) {
    const receipt: EventReceipt = { kind: 'event', app, task, event: 'clicked', at, cids: [cidOf(1)] };
    await store.apply(0, recordsFrom(offset++, [receipt]));
    const [row] = await database.rows<{ at: number }>('SELECT created_at AS at FROM task');
    expect(row?.at).toBe(at === 1 ? startOfDay(dayOf(now)) : now);
  }
  expect(await countsOf(task)).toEqual({ target: 1, sent: 1, arrived: 1, clicked: 1 });
});

test('of two instances one looks after the tables at a time, and it does not matter which', async () => {
  const others = [database, instanceOn(url), instanceOn(url)];
  for (const day of [0, 1, 2, 40]) {
    now = begin + day * dayMs;
    const done = await Promise.all(others.map((one) => keepTables(one, options())));
    expect(done.filter((one) => one !== undefined).length).toBeGreaterThanOrEqual(1);
    const names = await partitions();
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(`p${nameOfDay(dayOf(now))}`);
  }
});

test('while an instance holds the lock the others do nothing, and one that is killed holds it no more', async () => {
  const holder = await createConnection({ uri: url });
  await holder.query("SELECT GET_LOCK(CONCAT('longwire.keep.', LEFT(SHA2(DATABASE(), 256), 40)), 0)");
  expect(await keepTables(database, options())).toBeUndefined();
  expect(await partitions()).toEqual(['p_other', 'p_next']);
  holder.destroy();
  await waitFor('the lock is free', async () => (await keepTables(database, options())) !== undefined);
});

test('an instance that is killed after raising the floor, before it has dropped, leaves it to the next one', async () => {
  await keepTables(database, options());
  const task = taskOf(now);
  await apply(task, 'target', cidsOf(0, 3));
  now += 31 * dayMs;
  const keeper = instanceOn(url);
  // A transaction that reads events holds the table, so that the drop has to wait.
  const reader = await createConnection({ uri: url });
  await reader.beginTransaction();
  await reader.query('SELECT COUNT(*) FROM delivery');
  const killed = keepPartitions(keeper, options()).catch((error: unknown) => error);
  const id = await waitFor('the drop waits for the table', async () => {
    const rows = await database.rows<{ id: number }>(
      "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'ALTER TABLE delivery DROP%'",
    );
    return rows[0]?.id;
  });
  await database.run(`KILL ${id}`);
  expect(await killed).toMatchObject({ code: 'unavailable' });
  await reader.rollback();
  await reader.end();
  expect(await partitions()).toContain('p20261230');
  // The rows are there, and yet nothing more is counted of them.
  expect(await apply(task, 'arrived', cidsOf(0, 3))).toBe(0);
  expect((await keepTables(database, options()))?.dropped).toContain('delivery.p20261230');
  expect(await countsOf(task)).toEqual({ target: 3 });
});

test('the floor is not raised while a transaction relies on it', async () => {
  await keepTables(database, options());
  const consumer = await createConnection({ uri: url });
  await consumer.beginTransaction();
  await consumer.query('SELECT day FROM event_floor WHERE id = 1 LOCK IN SHARE MODE');
  now += 31 * dayMs;
  const before = await partitions();
  const keeping = keepTables(database, options());
  await waitFor('the round waits for the floor', async () => {
    const rows = await database.rows<{ id: number }>(
      "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'INSERT INTO event_floor%'",
    );
    return rows.length > 0;
  });
  expect(await partitions()).toEqual(before);
  await consumer.commit();
  await consumer.end();
  expect((await keeping)?.dropped).toContain('delivery.p20261230');
});

test('events of days without a partition are kept, and cut into days later', async () => {
  const task = taskOf(now);
  await apply(task, 'target', cidsOf(0, 3));
  now += 2 * dayMs;
  const next = taskOf(now, 'b');
  await apply(next, 'target', cidsOf(0, 4));
  await keepTables(database, options());
  expect(await apply(task, 'target', cidsOf(0, 3))).toBe(0);
  expect(await apply(next, 'target', cidsOf(0, 4))).toBe(0);
  expect(await database.rows('SELECT COUNT(*) AS n FROM delivery PARTITION (p_next)')).toEqual([{ n: 0 }]);
  expect(await database.rows('SELECT COUNT(*) AS n FROM delivery PARTITION (p20270101)')).toEqual([{ n: 4 }]);
});

test('look-ups of events read the one partition of their day', async () => {
  await keepTables(database, options());
  const day = dayOf(now);
  const devices = cidsOf(0, 500).map((cid) => [app, taskOf(now), cid]);
  const events = devices.map((device) => [...device, 'custom:90001']);
  await apply(taskOf(now), 'custom:90001', [cidOf(1)]);
  const one = [day, app, taskOf(now), cidOf(1)];
  for (const [sql, values] of [
    ['SELECT target_at FROM delivery WHERE day = ? AND (app_id, task_id, cid) IN (?) FOR UPDATE', [day, devices]],
    ['SELECT target_at FROM delivery WHERE day = ? AND app_id = ? AND task_id = ? AND cid = ?', one],
    ['SELECT event FROM custom_event WHERE day = ? AND (app_id, task_id, cid, event) IN (?)', [day, events]],
    ['SELECT event, at FROM custom_event WHERE day = ? AND app_id = ? AND task_id = ? AND cid = ?', one],
  ] as const) {
    const plan = await plansOf(database, sql, [...values] as never);
    expect(plan.map(({ partitions: read }) => read)).toEqual(['p20261230']);
  }
});

test('tasks are kept with their figures for as long as history is', async () => {
  await apply(taskOf(now), 'custom:90001', cidsOf(0, 3));
  const later = now + 10 * dayMs;
  now = later;
  await apply(taskOf(now, 'b'), 'custom:90001', cidsOf(0, 3));
  now = begin + 401 * dayMs;
  await keepTables(database, options());
  const figures = { target: 3, sent: 3, arrived: 3, 'custom:90001': 3 };
  const left = async () => ({
    tasks: await database.rows<{ n: number }>('SELECT COUNT(*) AS n FROM task'),
    customs: await database.rows<{ n: number }>('SELECT COUNT(*) AS n FROM custom_count'),
  });
  expect(await left()).toEqual({ tasks: [{ n: 1 }], customs: [{ n: 1 }] });
  expect(await countsOf(taskOf(later, 'b'))).toEqual(figures);
  now = later + 402 * dayMs;
  await keepTables(database, options({ stopping: () => true }));
  expect(await countsOf(taskOf(later, 'b'))).toEqual(figures);
  await keepTables(database, options());
  expect(await left()).toEqual({ tasks: [{ n: 0 }], customs: [{ n: 0 }] });
});

test('saved, scheduled and stopped tasks, and pushes that are done, are removed once the bus has forgotten them', async () => {
  const calls = createCalls(database, () => now);
  const save = (task: string, exp: number) =>
    calls.saveTask({ app, task, kind: 'list', at: now, exp, stored: true, content: '{}' });
  await save('gone', now + dayMs);
  await save('stays', now + 3 * dayMs);
  for (const task of ['gone', 'stays']) await calls.markStopped({ app, task });
  const times = { madeAt: now, dueAt: now + dayMs };
  const schedule = (task: string, exp: number) => ({ app, task, part: '', ...times, exp, record: '{}' });
  await calls.saveSchedules({ items: [schedule('gone', now + dayMs), schedule('stays', now + 3 * dayMs)] });
  for (const [task, done, leaseUntil] of [
    ['done', 1, now],
    ['fresh', 1, now + 2 * dayMs],
    ['open', 0, now],
  ] as const) {
    await database.run(
      'INSERT INTO tag_job (app_id, task_id, record, page, owner, lease_until, done) VALUES (?, ?, ?, 0, ?, ?, ?)',
      [app, task, '{}', '', leaseUntil, done],
    );
  }
  const tasksOf = async (table: string) =>
    (await database.rows<{ task: string }>(`SELECT task_id AS task FROM ${table} ORDER BY task_id`)).map(
      ({ task }) => task,
    );
  now += 6 * dayMs + 1;
  await keepTables(database, options());
  expect(await tasksOf('saved_task')).toEqual(['stays']);
  expect(await tasksOf('schedule')).toEqual(['stays']);
  expect(await tasksOf('stopped_task')).toEqual(['stays']);
  expect(await tasksOf('tag_job')).toEqual(['fresh', 'open']);
});

test('more than fits one batch is removed in several', async () => {
  const numbers = 'WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 999)';
  await database.run(
    `INSERT INTO stopped_task (expires_at, task_id) SELECT 1, CONCAT(a.i, '_', b.i) FROM (${numbers} SELECT i FROM n) a,
       (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3) b`,
  );
  expect(await database.rows('SELECT COUNT(*) AS n FROM stopped_task')).toEqual([{ n: 3_000 }]);
  await keepTables(database, options());
  expect(await database.rows('SELECT COUNT(*) AS n FROM stopped_task')).toEqual([{ n: 0 }]);
});
