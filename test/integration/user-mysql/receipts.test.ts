import { createConnection } from 'mysql2/promise';
import { beforeEach, expect, test } from 'vitest';
import type { EventReceipt, LoginReceipt, ReceiptEvent } from '../../../services/common/protocol/bus-records.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { slices } from '../../../services/user-mysql/core/order.ts';
import type { ReadRecord } from '../../../services/user-mysql/core/read-receipts.ts';
import type { MysqlDatabase } from '../../../services/user-mysql/edges/mysql-database.ts';
import { createReceiptStore } from '../../../services/user-mysql/edges/receipt-store.ts';
import { waitFor } from '../../rigs/process.ts';
import { cidOf, cidsOf, instanceOn, migratedDatabase, recordsFrom } from './fixtures.ts';

const app = 'app1';
const task = 'RASL_1';
const source = { group: 'g', topic: 't' };
let url: string;
let database: MysqlDatabase;

beforeEach(async () => {
  ({ url, database } = await migratedDatabase());
});

function event(name: ReceiptEvent, cids: string[], more: Partial<EventReceipt> = {}): EventReceipt {
  return { kind: 'event', app, task, event: name, at: 1_000, cids, ...more };
}

async function countsOf(name = task): Promise<Record<string, number> | null> {
  const { results } = await createCalls(database, Date.now).taskCounts({ items: [{ app, task: name }] });
  const counts = results[0]?.counts.map(({ event: one, count }): [string, number] => [one, count]);
  return counts ? Object.fromEntries(counts) : null;
}

/** The figures as their rows say, which they must always agree with. */
async function recount(): Promise<Record<string, number>> {
  const [steps] = await database.rows<Record<string, number>>(
    `SELECT COUNT(target_at) AS target, COUNT(sent_at) AS sent, COUNT(arrived_at) AS arrived, COUNT(shown_at) AS shown,
       COUNT(clicked_at) AS clicked, COUNT(dismissed_at) AS dismissed FROM delivery WHERE task_id = ?`,
    [task],
  );
  const customs = await database.rows<{ event: string; n: number }>(
    'SELECT event, COUNT(*) AS n FROM custom_event WHERE task_id = ? GROUP BY event',
    [task],
  );
  const all = [...Object.entries(steps!), ...customs.map(({ event: one, n }): [string, number] => [one, n])];
  return Object.fromEntries(all.filter(([, n]) => n > 0));
}

test('an event is counted with those it implies, each once a device', async () => {
  const store = createReceiptStore(database, source);
  const done = await store.apply(
    3,
    recordsFrom(0, [
      event('clicked', cidsOf(0, 5)),
      event('target', cidsOf(0, 10)),
      event('arrived', cidsOf(3, 4)),
      event('custom:90001', [cidOf(0)]),
    ]),
  );
  const expected = { target: 10, sent: 7, arrived: 7, clicked: 5, 'custom:90001': 1 };
  expect(await countsOf()).toEqual(expected);
  expect(await recount()).toEqual(expected);
  expect(done.fresh).toBe(4);
  expect(done.counted).toEqual({ target: 10, sent: 7, arrived: 7, clicked: 5, custom: 1 });
  expect(await store.nextOffset(3)).toBe(4);
});

test('a batch that comes again, or a receipt that was written twice, counts nothing', async () => {
  const store = createReceiptStore(database, source);
  const records = recordsFrom(0, [event('target', cidsOf(0, 10)), event('sent', cidsOf(0, 10))]);
  await store.apply(0, records);
  expect(await store.apply(0, records)).toEqual({ fresh: 0, counted: {}, late: 0 });
  expect(await store.apply(0, recordsFrom(2, [event('sent', cidsOf(5, 10))]))).toMatchObject({ fresh: 1 });
  expect(await countsOf()).toEqual({ target: 15, sent: 15 });
});

/** Steps of the everyday times, and how many devices have each combination of them. */
async function timesOf(name: string): Promise<Record<string, number>> {
  const rows = await database.rows<{ times: string; n: number }>(
    `SELECT CONCAT_WS(' ', COALESCE(target_at, '-'), COALESCE(sent_at, '-'), COALESCE(arrived_at, '-'), COALESCE(stored_at, '-')) AS times, COUNT(*) AS n
     FROM delivery WHERE task_id = ? GROUP BY times`,
    [name],
  );
  return Object.fromEntries(rows.map(({ times, n }) => [times, n]));
}

test('many devices of one task, alike or not, have their own times each, and what was noted first stays', async () => {
  const store = createReceiptStore(database, source);
  await store.apply(
    0,
    recordsFrom(0, [
      event('target', cidsOf(0, 700), { at: 1_000, storedAt: 900 }),
      event('sent', cidsOf(100, 200), { at: 1_100 }),
      event('sent', cidsOf(300, 20), { at: 1_200 }),
    ]),
  );
  expect(await timesOf(task)).toEqual({ '1000 - - 900': 480, '1000 1100 - 900': 200, '1000 1200 - 900': 20 });
  await store.apply(0, recordsFrom(3, [event('arrived', cidsOf(0, 800), { at: 2_000 })]));
  expect(await timesOf(task)).toEqual({
    '1000 2000 2000 900': 480,
    '1000 1100 2000 900': 200,
    '1000 1200 2000 900': 20,
    '2000 2000 2000 -': 100,
  });
  expect(await countsOf()).toEqual({ target: 800, sent: 800, arrived: 800 });
  expect(await recount()).toEqual({ target: 800, sent: 800, arrived: 800 });
});

test('a task that has a row but no events yet, as a broadcast whose devices were counted, has each of its events counted once', async () => {
  const store = createReceiptStore(database, source);
  const all = 'RASA_0101_all0123456789';
  await store.apply(0, recordsFrom(0, [{ kind: 'broadcast', app, task: all, at: 1_000 }]));
  const sent = event('sent', cidsOf(0, 120), { task: all, at: 2_000 });
  await store.apply(0, recordsFrom(1, [sent]));
  await store.apply(0, recordsFrom(2, [sent, event('arrived', cidsOf(60, 120), { task: all, at: 3_000 })]));
  expect(await countsOf(all)).toEqual({ target: 0, sent: 180, arrived: 120 });
  expect(await timesOf(all)).toEqual({ '- 2000 - -': 60, '- 2000 3000 -': 60, '- 3000 3000 -': 60 });
});

test('two consumers that overlap count each receipt once between them', async () => {
  const receipts = Array.from({ length: 40 }, (_none, n) => event('target', cidsOf(n * 5, 10)));
  const records = recordsFrom(0, receipts);
  // Both read the whole partition in order, cut into batches of different sizes.
  const read = async (own: MysqlDatabase, batch: number): Promise<{ fresh: number; counted: number }> => {
    const store = createReceiptStore(own, source);
    const sum = { fresh: 0, counted: 0 };
    for (const some of slices(records, batch)) {
      const { fresh, counted } = await store.apply(0, some);
      sum.fresh += fresh;
      sum.counted += counted.target ?? 0;
    }
    return sum;
  };
  const [one, other] = await Promise.all([read(database, 3), read(instanceOn(url), 7)]);
  expect(one.fresh + other.fresh).toBe(40);
  expect(one.counted + other.counted).toBe(205);
  expect(await countsOf()).toEqual({ target: 205 });
  expect(await recount()).toEqual({ target: 205 });
});

test('the same batch at two consumers at once is applied by one of them', async () => {
  const stores = [database, instanceOn(url)].map((one) => createReceiptStore(one, source));
  const records = recordsFrom(0, [event('arrived', cidsOf(0, 700))]);
  const done = await Promise.all(stores.map((store) => store.apply(0, records)));
  expect(done.map(({ fresh }) => fresh).sort()).toEqual([0, 1]);
  expect(await countsOf()).toEqual({ target: 700, sent: 700, arrived: 700 });
});

test('a consumer that is killed before it commits leaves nothing, and the next one counts once', async () => {
  const store = createReceiptStore(database, source);
  await store.apply(0, recordsFrom(0, [event('target', cidsOf(0, 3))]));
  // Holds the task's figures, so that the consumer stops after its events and before its commit.
  const blocker = await createConnection({ uri: url });
  await blocker.beginTransaction();
  await blocker.query('SELECT target_n FROM task WHERE task_id = ? FOR UPDATE', [task]);
  const records = recordsFrom(1, [event('target', cidsOf(3, 3))]);
  const killed = store.apply(0, records).catch((error: unknown) => error);
  const id = await waitFor('the consumer waits for the figures', async () => {
    const [rows] = await blocker.query(
      "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'INSERT INTO task %'",
    );
    return (rows as { id: number }[])[0]?.id;
  });
  await blocker.query(`KILL ${id}`);
  expect(await killed).toMatchObject({ code: 'unavailable' });
  await blocker.rollback();
  await blocker.end();
  expect(await countsOf()).toEqual({ target: 3 });
  expect(await recount()).toEqual({ target: 3 });
  expect(await store.nextOffset(0)).toBe(1);

  expect(await createReceiptStore(instanceOn(url), source).apply(0, records)).toMatchObject({ fresh: 1 });
  expect(await countsOf()).toEqual({ target: 6 });
});

test('records that cannot be read are passed over, and those behind them counted', async () => {
  const store = createReceiptStore(database, source);
  const records: ReadRecord[] = [
    { offset: 0, receipt: undefined },
    { offset: 1, receipt: event('target', [cidOf(1)]) },
    { offset: 2, receipt: undefined },
  ];
  expect(await store.apply(0, records)).toMatchObject({ fresh: 3 });
  expect(await store.nextOffset(0)).toBe(3);
  expect(await countsOf()).toEqual({ target: 1 });
});

test('a task has the time of its first event and its group, whatever the order they come in', async () => {
  const store = createReceiptStore(database, source);
  await store.apply(0, recordsFrom(0, [event('sent', [cidOf(1)], { at: 2_000 })]));
  await store.apply(0, recordsFrom(1, [event('target', [cidOf(1)], { at: 1_500, group: '双11' })]));
  await store.apply(0, recordsFrom(2, [event('arrived', [cidOf(1)], { at: 3_000, group: 'other' })]));
  expect(await database.rows('SELECT task_id, created_at, group_name FROM task')).toEqual([
    { task_id: task, created_at: 1_500, group_name: '双11' },
  ]);
});

/** A store, and what it did with rows of devices: the first word of each statement. */
function notingStore() {
  const statements: string[] = [];
  const noted = (sql: string): string => {
    if (/ delivery\b/.test(sql)) statements.push(sql.split(' ')[0]!);
    return sql;
  };
  const noting = Object.create(database) as MysqlDatabase;
  noting.transaction = (work) =>
    database.transaction(({ rows, run }) =>
      work({
        rows: (sql, values) => rows(noted(sql), values),
        run: (sql, values) => run(noted(sql), values),
      }),
    );
  return { store: createReceiptStore(noting, source), statements };
}

/** When it was stored on each of these devices, as its row says. */
async function storedAtOf(cids: string[]): Promise<(number | null)[]> {
  const rows = await database.rows<{ at: number | null }>(
    'SELECT stored_at AS at FROM delivery WHERE task_id = ? AND cid IN (?) ORDER BY cid',
    [task, cids],
  );
  return rows.map(({ at }) => at);
}

test('when a message was stored is in the row that its target makes, and is not counted; receipts of before tell none', async () => {
  const { store, statements } = notingStore();
  const receipts = [
    event('arrived', [cidOf(0)], { at: 1_050 }),
    event('target', cidsOf(0, 3), { storedAt: 1_020 }),
    event('target', [cidOf(1)], { storedAt: 1_010 }),
    event('target', [cidOf(3)]),
  ];
  await store.apply(0, recordsFrom(0, receipts));
  expect(await storedAtOf(cidsOf(0, 4))).toEqual([1_020, 1_010, 1_020, null]);
  expect(await countsOf()).toEqual({ target: 4, sent: 1, arrived: 1 });
  expect(statements.splice(0)).toEqual(['INSERT']);
  await store.apply(0, recordsFrom(4, [event('arrived', [cidOf(1)], { at: 1_060 })]));
  expect(statements.splice(0)).toEqual(['SELECT', 'INSERT']);
  await store.apply(0, recordsFrom(5, [event('target', cidsOf(0, 2), { storedAt: 1_500 })]));
  expect(statements.splice(0)).toEqual(['SELECT']);
  expect(await storedAtOf(cidsOf(0, 4))).toEqual([1_020, 1_010, 1_020, null]);
});

test('a row that a later step made first has the time of storing once the target is told', async () => {
  const { store, statements } = notingStore();
  await store.apply(0, recordsFrom(0, [event('arrived', [cidOf(1)], { at: 1_050 })]));
  expect(await storedAtOf([cidOf(1)])).toEqual([null]);
  statements.length = 0;
  const done = await store.apply(0, recordsFrom(1, [event('target', [cidOf(1)], { storedAt: 1_020 })]));
  expect(statements).toEqual(['SELECT', 'INSERT']);
  expect(done.counted).toEqual({});
  expect(await storedAtOf([cidOf(1)])).toEqual([1_020]);
  expect(await countsOf()).toEqual({ target: 1, sent: 1, arrived: 1 });
});

test('logins are noted with the events of their batch', async () => {
  const items = cidsOf(0, 2).map((cid) => ({ app, cid, device: { platform: 'web' as const }, at: 1 }));
  const calls = createCalls(database, Date.now);
  await calls.registerDevices({ items });
  const login: LoginReceipt = { kind: 'login', app, logins: [{ cid: cidOf(1), at: 77 }] };
  await createReceiptStore(database, source).apply(0, recordsFrom(0, [login, event('target', [cidOf(1)])]));
  const { results } = await calls.devices({ items });
  expect(results.map((one) => one?.lastLoginAt)).toEqual([null, 77]);
});

test('partitions, groups and topics each have their own place', async () => {
  const store = createReceiptStore(database, source);
  await store.apply(0, recordsFrom(5, [event('target', [cidOf(1)])]));
  expect(await store.nextOffset(0)).toBe(6);
  expect(await store.nextOffset(1)).toBeUndefined();
  expect(await createReceiptStore(database, { ...source, group: 'other' }).nextOffset(0)).toBeUndefined();
  expect(await createReceiptStore(database, { ...source, topic: 'other' }).nextOffset(0)).toBeUndefined();
  await store.reset(0, 2);
  expect(await store.nextOffset(0)).toBe(2);
});

test('partitions are applied side by side, whatever devices log in through them', async () => {
  const stores = [database, instanceOn(url)].map((one) => createReceiptStore(one, source));
  const cids = cidsOf(0, 300);
  await createCalls(database, Date.now).registerDevices({
    items: cids.map((cid) => ({ app, cid, device: { platform: 'web' as const }, at: 1 })),
  });
  await Promise.all(
    Array.from({ length: 8 }, (_none, partition) => {
      const order = partition % 2 === 0 ? cids : cids.toReversed();
      const login: LoginReceipt = { kind: 'login', app, logins: order.map((cid) => ({ cid, at: 100 + partition })) };
      const own = event('target', cids, { task: `task${partition}` });
      return stores[partition % 2]!.apply(partition, recordsFrom(0, [login, own]));
    }),
  );
  const [row] = await database.rows<{ low: number; high: number }>(
    'SELECT MIN(last_login_at) AS low, MAX(last_login_at) AS high FROM device',
  );
  expect(row).toEqual({ low: 107, high: 107 });
  for (let partition = 0; partition < 8; partition++)
    expect(await countsOf(`task${partition}`)).toEqual({ target: 300 });
});

test('the devices that an app has are the targets of its broadcast, counted once, without those of the blacklist', async () => {
  const store = createReceiptStore(database, source);
  const calls = createCalls(database, Date.now);
  const register = (cids: string[]) =>
    calls.registerDevices({ items: cids.map((cid) => ({ app, cid, device: { platform: 'ios' }, at: 1 })) });
  await register(cidsOf(0, 5));
  await calls.addToBlacklist({ app, cids: [cidOf(1)] });
  const broadcast = 'RASA_0101_all0';
  const begun = { kind: 'broadcast' as const, app, task: broadcast, at: 1_000 };
  await store.apply(3, recordsFrom(0, [begun, event('arrived', cidsOf(0, 2), { task: broadcast })]));
  await register(cidsOf(5, 10));
  await store.apply(3, recordsFrom(2, [begun]));
  expect(await countsOf(broadcast)).toEqual({ target: 4, sent: 2, arrived: 2 });
});
