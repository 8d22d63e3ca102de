import { pino } from 'pino';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { OnlinePoints } from '../../../services/cm/online-points.ts';
import type { LoginReceipt } from '../../../services/common/protocol/bus-records.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { dayMs } from '../../../services/user-mysql/core/days.ts';
import { keepTables } from '../../../services/user-mysql/edges/keeping.ts';
import type { MysqlDatabase } from '../../../services/user-mysql/edges/mysql-database.ts';
import { createReceiptStore } from '../../../services/user-mysql/edges/receipt-store.ts';
import { waitFor } from '../../rigs/process.ts';
import { cidOf, cidsOf, instanceOn, migratedDatabase, recordsFrom } from './fixtures.ts';

const app = 'app1';
const source = { group: 'g', topic: 't' };
const day = Date.UTC(2026, 11, 31);
const noon = day + dayMs / 2;
let url: string;
let database: MysqlDatabase;
let calls: ReturnType<typeof createCalls>;

beforeEach(async () => {
  ({ url, database } = await migratedDatabase());
  calls = createCalls(database, Date.now);
  await calls.putApp({
    ...{ appId: app, appKey: 'k', masterSecret: 'm', appSecret: 's', name: '', disabled: false },
  });
});

const devices = (cids: string[], at: number, of = app) =>
  cids.map((cid) => ({ app: of, cid, device: { platform: 'web' as const }, at }));
const login = (cids: string[], at: number): LoginReceipt => ({
  ...{ kind: 'login', app, logins: cids.map((cid) => ({ cid, at })) },
});
const keep = (now: number) =>
  keepTables(database, {
    ...{ now: () => now, detailDays: 30, historyDays: 400, slackMs: dayMs, stopping: () => false },
  });
const none = { total: 0, registered: 0, active: 0, online: 0 };

test('devices count on the day they register, once, however often that is repeated', async () => {
  await calls.registerDevices({ items: devices(cidsOf(0, 300), noon) });
  await calls.registerDevices({ items: devices(cidsOf(0, 300), noon) });
  await calls.registerDevices({ items: devices(cidsOf(200, 200), noon + dayMs) });
  await calls.registerDevices({ items: [...devices([cidOf(900)], noon), ...devices([cidOf(901)], noon, 'app2')] });
  expect(await calls.userDay({ app, from: day - dayMs })).toEqual(none);
  expect(await calls.userDay({ app, from: day })).toEqual({ ...none, total: 301, registered: 301 });
  expect(await calls.userDay({ app, from: day + dayMs })).toEqual({ ...none, total: 401, registered: 100 });
  expect(await calls.userDay({ app, from: day + 9 * dayMs })).toEqual({ ...none, total: 401 });
  expect(await calls.userDay({ app: 'app2', from: day })).toEqual({ ...none, total: 1, registered: 1 });
});

test('the same registrations at several instances at once count once', async () => {
  const others = [calls, ...[1, 2].map(() => createCalls(instanceOn(url), Date.now))];
  await Promise.all(
    Array.from({ length: 12 }, (_none, index) =>
      others[index % 3]!.registerDevices({ items: devices(cidsOf((index % 4) * 100, 200), noon) }),
    ),
  );
  expect(await calls.userDay({ app, from: day })).toEqual({ ...none, total: 500, registered: 500 });
});

test('a device is active once on each day that it logs in on, also when the receipts come in another order', async () => {
  await calls.registerDevices({ items: devices(cidsOf(0, 700), noon) });
  const store = createReceiptStore(database, source);
  const records = recordsFrom(0, [login(cidsOf(0, 700), noon + dayMs), login(cidsOf(0, 600), noon)]);
  await store.apply(0, records);
  await store.apply(0, records);
  await store.apply(0, recordsFrom(2, [login(cidsOf(0, 650), noon + 1), login([cidOf(9_999)], noon)]));
  await store.apply(0, recordsFrom(4, [login([cidOf(1)], day + dayMs - 1), login([cidOf(1)], day + 2 * dayMs)]));
  expect((await calls.userDay({ app, from: day })).active).toBe(650);
  expect((await calls.userDay({ app, from: day + dayMs })).active).toBe(700);
  expect((await calls.userDay({ app, from: day + 2 * dayMs })).active).toBe(1);
  const [row] = await calls.devices({ items: [{ app, cid: cidOf(0) }] }).then(({ results }) => results);
  expect(row?.lastLoginAt).toBe(noon + dayMs);
});

test('a topic that is read again from its beginning makes nobody active twice', async () => {
  await calls.registerDevices({ items: devices(cidsOf(0, 10), noon) });
  const store = createReceiptStore(database, source);
  const records = recordsFrom(0, [login(cidsOf(0, 10), noon), login(cidsOf(0, 10), noon + dayMs)]);
  await store.apply(0, records);
  await store.reset(0, 0);
  expect(await store.apply(0, records)).toMatchObject({ fresh: 2 });
  expect((await calls.userDay({ app, from: day })).active).toBe(10);
  expect((await calls.userDay({ app, from: day + dayMs })).active).toBe(10);
});

test('logins of the same devices through several partitions at once count once', async () => {
  const cids = cidsOf(0, 300);
  await calls.registerDevices({ items: devices(cids, noon) });
  const stores = [database, instanceOn(url)].map((one) => createReceiptStore(one, source));
  await Promise.all(
    Array.from({ length: 8 }, (_none, partition) =>
      stores[partition % 2]!.apply(
        partition,
        recordsFrom(0, [login(cids, noon + partition), login(cids.toReversed(), noon + dayMs + partition)]),
      ),
    ),
  );
  expect((await calls.userDay({ app, from: day })).active).toBe(300);
  expect((await calls.userDay({ app, from: day + dayMs })).active).toBe(300);
});

test('points are summed up over nodes, and one that is said again changes nothing', async () => {
  const say = (node: string, at: number, n: number) => calls.noteOnline({ items: [{ app, at, node, n }] });
  await say('cm-1', noon, 5);
  await say('cm-2', noon, 7);
  await say('cm-2', noon, 9);
  await say('cm-1', noon + 600_000, 4);
  await calls.noteOnline({ items: [{ app: 'app2', at: noon, node: 'cm-1', n: 99 }] });
  expect(await calls.onlinePoints({ app, after: noon - 1 })).toEqual({
    points: [
      { at: noon, n: 12 },
      { at: noon + 600_000, n: 4 },
    ],
  });
  expect(await calls.onlinePoints({ app, after: noon })).toEqual({ points: [{ at: noon + 600_000, n: 4 }] });
  expect((await calls.userDay({ app, from: day })).online).toBe(12);
});

test('the peak of a day remains when its points are removed, also if that was cut short', async () => {
  for (const [at, n] of [
    [day, 3],
    [noon, 8],
    [noon + dayMs, 2],
    [noon + 2 * dayMs, 4],
  ] as const) {
    await calls.noteOnline({ items: ['cm-1', 'cm-2'].map((node) => ({ app, at, node, n })) });
  }
  await keep(noon + 3 * dayMs);
  expect(await database.rows('SELECT COUNT(*) AS n FROM online_point')).toEqual([{ n: 4 }]);
  // Part of the points of a day are left by whoever was killed while it removed them.
  await calls.noteOnline({ items: [{ app, at: day, node: 'cm-1', n: 1 }] });
  await keep(noon + 5 * dayMs);
  expect(await database.rows('SELECT COUNT(*) AS n FROM online_point')).toEqual([{ n: 0 }]);
  const peaks = await Promise.all([0, 1, 2].map((n) => calls.userDay({ app, from: day + n * dayMs })));
  expect(peaks.map(({ online }) => online)).toEqual([16, 4, 8]);
});

test('days that are kept no more leave what they registered to the total', async () => {
  for (const n of [0, 1, 2]) await calls.registerDevices({ items: devices(cidsOf(n * 10, 10), noon + n * dayMs) });
  for (const _round of [1, 2]) await keep(noon + 401 * dayMs);
  expect(await calls.userDay({ app, from: day })).toEqual(none);
  expect(await calls.userDay({ app, from: day + dayMs })).toEqual({ ...none, total: 20, registered: 10 });
  await keep(noon + 402 * dayMs);
  expect(await calls.userDay({ app, from: day + 2 * dayMs })).toEqual({ ...none, total: 30, registered: 10 });
  expect(await database.rows('SELECT COUNT(*) AS n FROM app_day')).toEqual([{ n: 1 }]);
  await keep(noon + 900 * dayMs);
  expect(await calls.userDay({ app, from: day + 900 * dayMs })).toEqual({ ...none, total: 30 });
});

test('what a node says at its points is what reports answer', async () => {
  const log = pino({ level: 'silent' });
  const gateway = { liveLinks: () => [{ connection: { who: { app, cid: cidOf(1) } } }].values() as never };
  const points = ['cm-1', 'cm-2'].map(
    (node) => new OnlinePoints(calls, gateway, { node, everyMs: 200, now: Date.now }, log),
  );
  onTestFinished(() => points.forEach((one) => void one.stop()));
  const after = Date.now();
  for (const one of points) one.start();
  await waitFor('a point of both', async () => {
    const found = await calls.onlinePoints({ app, after });
    return found.points.some(({ n }) => n === 2);
  });
});
