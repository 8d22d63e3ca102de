import { expect, inject, test } from 'vitest';
import { maxBroadcasts } from '../../../services/common/protocol/broadcast-calls.ts';
import { broadcastView, partitionOf } from '../../../services/common/protocol/positions.ts';
import { broadcastPartitions } from '../../../services/common/protocol/topics.ts';
import { attach, type Calls, type Instance, newCid, readyInstance, routeTo, seq } from './fixtures.ts';

type Record = Parameters<Calls['appendBroadcasts']>[0]['records'][number];

const url = inject('redisUrl');
const app = 'app';
const partition = partitionOf(app, broadcastPartitions);

async function ready(): Promise<Instance> {
  const instance = await readyInstance(url);
  const whole = { partition: broadcastView(partition), replay: 'replay-1' };
  await instance.calls.beginReplay(whole);
  await instance.calls.finishReplay(whole);
  return instance;
}

function recordOf(offset: number, more: Partial<Record> = {}): Record {
  const task = more.task ?? `task-${offset}`;
  const exp = Date.now() + 60_000;
  return { id: `${task}/all`, app, bseq: seq(offset), task, exp, stored: true, body: `{"task":"${task}"}`, ...more };
}

const append = ({ calls }: Instance, ...records: Record[]) => calls.appendBroadcasts({ partition, records });

async function read({ calls }: Instance, after = 0, limit = 100) {
  return (await calls.broadcastsAfter({ items: [{ app, after, limit }] })).results[0]!;
}

const body = async ({ calls }: Instance, task: string): Promise<string | null> =>
  (await calls.broadcastBodies({ items: [{ app, task }] })).results[0]!.body;

test('what was appended is read in order from a position on, with what is left said', async () => {
  const instance = await ready();
  const records = [recordOf(1), recordOf(2, { stored: false }), recordOf(5)];
  expect(await append(instance, ...records)).toEqual({ view: 'ready', duplicate: [false, false, false] });
  const entries = records.map(({ bseq, task, exp, stored }) => ({ bseq, task, exp, stored }));
  expect(await read(instance)).toEqual({ entries, more: false, ready: true });
  expect(await read(instance, seq(1), 1)).toEqual({ entries: [entries[1]], more: true, ready: true });
  expect(await read(instance, seq(5))).toEqual({ entries: [], more: false, ready: true });
  expect(await body(instance, 'task-2')).toBe('{"task":"task-2"}');
  expect((await instance.calls.broadcastCounts({ items: [{ app }, { app: 'none' }] })).results).toEqual([
    { count: 3 },
    { count: 0 },
  ]);
});

test('a record that was written twice is one entry, at its first position; a replay makes the same', async () => {
  const instance = await ready();
  const record = recordOf(1);
  await append(instance, record);
  const copy = { ...record, bseq: seq(9) };
  expect((await append(instance, record, copy)).duplicate).toEqual([false, true]);
  expect((await read(instance)).entries.map(({ bseq }) => bseq)).toEqual([seq(1)]);
});

test('a stopped task has no message any more, and none comes back', async () => {
  const instance = await ready();
  const record = recordOf(1);
  await append(instance, record);
  await instance.calls.stopTasks({ items: [{ task: record.task, until: record.exp }] });
  expect(await body(instance, record.task)).toBeNull();
  expect((await append(instance, record)).duplicate).toEqual([true]);
  expect(await body(instance, record.task)).toBeNull();
});

test('while the view of its partition is not whole, an app’s log is not ready', async () => {
  const instance = await ready();
  await append(instance, recordOf(1));
  await instance.calls.beginReplay({ partition: broadcastView(partition), replay: 'replay-2' });
  expect((await append(instance, recordOf(2))).view).toBe('replaying');
  expect((await read(instance)).ready).toBe(false);
  const bodies = await instance.calls.broadcastBodies({
    items: [
      { app, task: 'task-2' },
      { app, task: 'lost' },
    ],
  });
  expect(bodies.results).toEqual([
    { body: '{"task":"task-2"}', ready: false },
    { body: null, ready: false },
  ]);
});

test('a log keeps within its cap: what has expired goes first, then the oldest', async () => {
  const instance = await ready();
  const expiring = Array.from({ length: 300 }, (_, index) => recordOf(index, { exp: Date.now() + 30_000 }));
  await append(instance, ...expiring);
  instance.clock.aheadMs = 40_000;
  const lasting = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => recordOf(from + index, { exp: Date.now() + 600_000 }));
  await append(instance, ...lasting(300, 900));
  const { entries } = await read(instance, 0, maxBroadcasts);
  expect([entries.length, entries[0]!.bseq]).toEqual([900, seq(300)]);
  await append(instance, ...lasting(1_200, 900));
  await append(instance, ...lasting(2_100, 900));
  const [counted] = (await instance.calls.broadcastCounts({ items: [{ app }] })).results;
  expect(counted).toEqual({ count: 2 * maxBroadcasts });
  expect((await read(instance, 0, 1)).entries[0]!.bseq).toBe(seq(1_000));
});

test('what has expired does not count, once an app has its fill', async () => {
  const instance = await ready();
  const expiring = Array.from({ length: maxBroadcasts - 10 }, (_, index) =>
    recordOf(index, { exp: Date.now() + 30_000 }),
  );
  await append(instance, ...expiring);
  await append(
    instance,
    ...Array.from({ length: 10 }, (_, index) => recordOf(2_000 + index, { exp: Date.now() + 90_000 })),
  );
  const counted = async () => (await instance.calls.broadcastCounts({ items: [{ app }] })).results[0]!.count;
  expect(await counted()).toBe(maxBroadcasts);
  instance.clock.aheadMs = 40_000;
  expect(await counted()).toBe(10);
});

test('an attach answers the cursor of the one before, whatever was acknowledged or detached in between', async () => {
  const { calls } = await ready();
  const cid = newCid();
  expect((await attach(calls, cid, { bseq: 7 })).bseqBefore).toBeNull();
  await calls.ack({ items: [{ cid, seq: seq(1) }] });
  await calls.detach({ items: [{ cid, route: routeTo(1) }] });
  expect((await attach(calls, cid, { bseq: 9 })).bseqBefore).toBe(7);
  const unknown = newCid();
  await calls.ack({ items: [{ cid: unknown, seq: seq(1) }] });
  expect((await attach(calls, unknown, { bseq: 3 })).bseqBefore).toBeNull();
});

test('a device that does not say its cursor keeps the one of the attach before, and begins at the tail without one', async () => {
  const { calls } = await ready();
  const cid = newCid();
  expect((await attach(calls, cid, { bseq: null, tail: 7 })).bseqBefore).toBeNull();
  expect((await attach(calls, cid, { bseq: null, tail: 9 })).bseqBefore).toBe(7);
  expect((await attach(calls, cid, { bseq: 9, tail: 9 })).bseqBefore).toBe(7);
  const known = newCid();
  await calls.ack({ items: [{ cid: known, seq: seq(1) }] });
  await attach(calls, known, { bseq: null, tail: 5 });
  expect((await attach(calls, known, { bseq: null, tail: 9 })).bseqBefore).toBe(5);
});
