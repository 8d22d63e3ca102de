import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Batch } from '../../common/bus/bus.ts';
import { LongwireError } from '../../common/errors.ts';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import { seqOf } from '../../common/protocol/positions.ts';
import type { EnqueueRequest, ViewState } from '../../common/protocol/user-redis-calls.ts';
import type { Receipt } from '../../common/receipts.ts';
import { bodyLimitBytes } from '../../common/rpc/contract.ts';
import { createRouterMetrics } from '../metrics.ts';
import type { Stored as ForChannels } from './channel-offers.ts';
import type { Offer } from './node-shares.ts';
import type { Enqueued } from './queues.ts';
import { Replay } from './replay.ts';
import { Router } from './router.ts';

type Stored = EnqueueRequest['records'][number];

const now = 1_000_000;
const generation = 3;
const log = pino({ level: 'silent' });
const cid = (index: number): string => index.toString(16).padStart(32, '0');

function record(id: string, cids: string[], more: Partial<RouteRecord> = {}): RouteRecord {
  return { id, app: 'app', task: id, at: now - 5, exp: now + 5_000, stored: true, body: '{}', cids, ...more };
}

function batchOf(values: (RouteRecord | string)[], from = 0, stale: () => boolean = () => false, partition = 0): Batch {
  const records = values.map((value, index) => ({
    offset: from + index,
    key: 'k',
    value: typeof value === 'string' ? value : JSON.stringify(value),
    timeMs: now,
  }));
  return { partition, records, stale };
}

/** A router whose every device is on one connection, and notes of all it did. */
async function rig(committed = 0, startView: ViewState = 'ready') {
  const state = {
    view: startView as ViewState,
    end: 0,
    duplicates: new Set<string>(),
    finished: new Set<string>(),
    stored: [] as Stored[],
    enqueues: 0,
    offers: [] as Offer[],
    receipts: [] as Receipt[],
    /** What the bus takes receipts after. */
    counted: Promise.resolve(),
    /** What was done, in order. */
    steps: [] as string[],
    fault: undefined as LongwireError | undefined,
    /** The only partition that fails so; undefined: all do. */
    faultOf: undefined as number | undefined,
    /** Partitions of each call. */
    turns: [] as number[][],
    /** How often something was handed over. */
    handovers: 0,
    /** How long the queues take to answer a call. */
    storingMs: 0,
    /** Bytes of each call. */
    calls: [] as number[],
    restarts: [] as number[],
    forChannels: [] as ForChannels[],
  };
  const enqueue = async ({ partition, records }: EnqueueRequest): Promise<Enqueued> => {
    if (state.fault && (state.faultOf ?? partition) === partition) return state.fault;
    state.enqueues++;
    state.calls.push(Buffer.byteLength(JSON.stringify({ records })));
    state.stored.push(...records);
    const results = records.map(({ id, cids }) => {
      if (state.duplicates.has(id)) return { duplicate: true, targets: [] };
      const target = { prev: 1, route: { node: 'n1', boot: 'b1', conn: 1 } };
      return { duplicate: false, targets: cids.map((cid) => (state.finished.has(cid) ? null : target)) };
    });
    return { view: state.view, results };
  };
  const views = {
    views: async () => ({ views: [state.view] }),
    beginReplay: async () => {
      state.view = 'replaying';
      return {};
    },
    finishReplay: async () => {
      state.view = 'ready';
      return { finished: true };
    },
  };
  const bus = { ranges: async () => [{ partition: 0, begin: 0, end: state.end }], offsetAt: async () => 0 };
  const metrics = createRouterMetrics(new Registry(), () => ({ owned: 0, replaying: 0 }));
  const replay = new Replay(bus, views, { topic: 'r', windowMs: 1, now: () => now }, metrics, log);
  const router = new Router({
    queues: {
      enqueue: (batches) => {
        state.turns.push(batches.map(({ partition }) => partition));
        return Promise.all(batches.map(enqueue));
      },
    },
    replay,
    handoff: {
      offer: async (offers) => {
        state.handovers++;
        state.offers.push(...offers);
      },
    },
    receipts: {
      keep: async (receipts) => {
        await state.counted;
        state.receipts.push(...receipts);
        state.steps.push('counted');
      },
    },
    channels: {
      offer: async (stored) => {
        state.forChannels.push(...stored);
        state.steps.push('channels');
      },
    },
    generation,
    metrics,
    now: () => now + state.enqueues * state.storingMs,
    log,
  });
  const handle = (batch: Batch) => router.handle(batch, { restart: (one) => void state.restarts.push(one) });
  const start = (at: number) => replay.start(0, at);
  await start(committed);
  return { state, handle, start, metrics };
}

test('RT1 neither the next batch nor what may go by channels waits for what counts one; its commit does', async () => {
  const { state, handle } = await rig();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.counted = promise;
  const rest = await handle(batchOf([record('a', [cid(1)], { channels: {} })]));
  expect([state.offers.length, state.steps]).toEqual([1, ['channels']]);
  resolve();
  await rest?.done;
  expect(state.steps).toEqual(['channels', 'counted']);
});

test('how long a push took to its node is measured once a record that was offered, from when it was accepted', async () => {
  const { state, handle, metrics } = await rig();
  state.finished.add(cid(3));
  await handle(batchOf([record('a', [cid(1), cid(2)]), record('b', [cid(3)])]));
  const { values } = await metrics.handoffSeconds.get();
  const figure = (name: string): number | undefined =>
    values.find(({ metricName }) => metricName?.endsWith(name))?.value;
  expect(figure('_count')).toBe(1);
  expect(figure('_sum')).toBeCloseTo(0.005);
});

test('RT1 each record is stored at its position, offered to each of its devices, and counted for each', async () => {
  const { state, handle } = await rig();
  await handle(batchOf([record('a', [cid(1), cid(2)], { group: 'g' }), record('b', [cid(3)])], 7));
  expect(state.stored.map(({ id, seq }) => [id, seq])).toEqual([
    ['a', seqOf(generation, 7)],
    ['b', seqOf(generation, 8)],
  ]);
  expect(state.offers.map(({ message, prev }) => [message.task, message.seq, prev])).toEqual([
    ['a', seqOf(generation, 7), 1],
    ['a', seqOf(generation, 7), 1],
    ['b', seqOf(generation, 8), 1],
  ]);
  const counted = { kind: 'event', app: 'app', event: 'target', at: now - 5, storedAt: now };
  expect(state.receipts).toEqual([
    { ...counted, task: 'a', cids: [cid(1), cid(2)], group: 'g' },
    { ...counted, task: 'b', cids: [cid(3)], group: undefined },
  ]);
  expect(state.restarts).toEqual([]);
});

test('RT1 a batch rejects, and so is not committed, while it cannot be stored', async () => {
  const { state, handle } = await rig();
  state.fault = new LongwireError('unavailable', 'bus');
  await expect(handle(batchOf([record('a', [cid(1)])]))).rejects.toMatchObject({ code: 'unavailable' });
});

test('RT1 a batch that is left off as its partition goes rejects, and so is not committed', async () => {
  const { state, handle } = await rig();
  const many = Array.from({ length: 600 }, (_, index) => cid(index));
  const batch = batchOf([record('a', many), record('b', many)], 0, () => state.enqueues > 0);
  await expect(handle(batch)).rejects.toMatchObject({ retryable: true });
  expect(state.stored.map(({ id }) => id)).toEqual(['a']);
});

test('RT2 nothing is offered from a view that is being filled, though it is stored and counted', async () => {
  const { state, handle, start } = await rig();
  state.view = 'missing';
  state.end = 3;
  expect(await start(0)).toBe(0);
  await handle(batchOf([record('a', [cid(1)]), record('b', [cid(2)])]));
  expect([state.stored.length, state.offers.length, state.receipts.length, state.view]).toEqual([2, 0, 2, 'replaying']);
  await handle(batchOf([record('c', [cid(3)])], 2));
  expect([state.offers.length, state.view]).toEqual([0, 'ready']);
  await handle(batchOf([record('d', [cid(3)])], 3));
  expect(state.offers.map(({ message }) => message.task)).toEqual(['d']);
});

test('RT2 a view that is lost under the router starts the partition over, with nothing offered or counted', async () => {
  for (const view of ['missing', 'stale', 'replaying'] as const) {
    const { state, handle } = await rig();
    state.view = view;
    await handle(batchOf([record('a', [cid(1)])]));
    expect([state.restarts, state.offers, state.receipts]).toEqual([[0], [], []]);
  }
});

test('RT3 a message that recalls another says so to the queues, and after it has expired no more than that', async () => {
  const { state, handle } = await rig();
  const more = { recalls: 'old', once: true };
  await handle(batchOf([record('a', [cid(1)], more), record('b', [cid(1)], { ...more, exp: now })]));
  expect(state.stored.map(({ id, recalls, stored, once }) => [id, recalls, stored, once])).toEqual([
    ['a', 'old', true, true],
    ['b', 'old', false, undefined],
  ]);
  expect(state.offers.map(({ message }) => message.task)).toEqual(['a']);
  expect(state.receipts).toHaveLength(1);
});

test('a repeat of a record at another position is passed over; a device that has finished gets no offer, and is told as a target without a time of storing', async () => {
  const { state, handle } = await rig();
  state.duplicates.add('a');
  state.finished.add(cid(2));
  await handle(batchOf([record('a', [cid(1)]), record('b', [cid(2), cid(3)])]));
  expect(state.offers.map(({ message }) => message.task)).toEqual(['b']);
  const counted = { kind: 'event', app: 'app', event: 'target', at: now - 5, task: 'b', group: undefined };
  expect(state.receipts).toStrictEqual([
    { ...counted, storedAt: now, cids: [cid(3)] },
    { ...counted, cids: [cid(2)] },
  ]);
});

test('the time of storing is when the queues have answered', async () => {
  const { state, handle } = await rig();
  state.storingMs = 7;
  await handle(batchOf([record('a', [cid(1)])]));
  expect(state.receipts).toMatchObject([{ task: 'a', at: now - 5, storedAt: now + 7 }]);
});

test('what the group had committed is not counted again when it is read again', async () => {
  const { state, handle, start } = await rig();
  state.view = 'missing';
  state.end = 9;
  await start(5);
  await handle(batchOf([record('a', [cid(1)]), record('b', [cid(2)])], 4));
  expect(state.stored.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(state.receipts).toMatchObject([{ cids: [cid(2)] }]);
});

test('records that nobody can read, and expired ones, are passed over, and the batch goes on', async () => {
  const { state, handle } = await rig();
  const wrong = JSON.stringify({ ...record('w', [cid(1)]), cids: ['x'] });
  await handle(batchOf(['{', 'null', wrong, record('old', [cid(1)], { exp: now }), record('a', [cid(1)])]));
  expect(state.stored.map(({ id }) => id)).toEqual(['a']);
  await handle(batchOf(['{'], 9));
  expect([state.enqueues, state.restarts]).toEqual([1, []]);
});

test('a message that is not to be stored is offered without a position, and has no time of storing', async () => {
  const { state, handle } = await rig();
  await handle(batchOf([record('a', [cid(1)], { stored: false })]));
  expect(state.stored[0]).toMatchObject({ stored: false });
  expect(state.offers[0]?.message.seq).toBeNull();
  expect(state.receipts).toHaveLength(1);
  expect(state.receipts[0]).not.toHaveProperty('storedAt');
});

test('records are stored in calls of at most a thousand devices, in order', async () => {
  const { state, handle } = await rig();
  const many = Array.from({ length: 400 }, (_, index) => cid(index));
  await handle(batchOf(['a', 'b', 'c', 'd', 'e'].map((id) => record(id, many))));
  expect(state.enqueues).toBe(3);
  expect(state.stored.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('what may go by channels is left to them once it is stored and counted, with where each device is', async () => {
  const { state, handle } = await rig();
  state.duplicates.add('b');
  state.finished.add(cid(2));
  const channels = { strategy: { default: 1 } };
  await handle(
    batchOf([record('a', [cid(1), cid(2)], { channels }), record('b', [cid(3)], { channels }), record('c', [cid(3)])]),
  );
  expect(state.forChannels).toMatchObject([
    { record: { task: 'a', channels }, targets: [{ route: { node: 'n1' } }, null] },
  ]);
  state.fault = new LongwireError('unavailable', 'bus');
  await expect(handle(batchOf([record('d', [cid(1)], { channels })]))).rejects.toMatchObject({ code: 'unavailable' });
  expect(state.forChannels).toHaveLength(1);
});

test('RT3 what the group had committed is not left to channels again when it is read again', async () => {
  const { state, handle, start } = await rig();
  state.view = 'missing';
  state.end = 9;
  await start(5);
  await handle(batchOf([record('a', [cid(1)], { channels: {} }), record('b', [cid(2)], { channels: {} })], 4));
  expect(state.forChannels.map(({ record: { task } }) => task)).toEqual(['b']);
});

test('a batch whose bodies escape badly is stored in several calls, each of which the other side takes', async () => {
  const { state, handle } = await rig();
  const body = '\u0001'.repeat(12_000);
  await handle(batchOf(Array.from({ length: 500 }, (_none, index) => record(`r${index}`, [cid(index)], { body }))));
  expect(state.stored.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_none, index) => `r${index}`));
  expect(state.calls.length).toBeGreaterThan(1);
  for (const bytes of state.calls) expect(bytes).toBeLessThan(bodyLimitBytes);
});

const ofPartition = (partition: number, id: string) => batchOf([record(id, [cid(partition)])], 0, undefined, partition);

test('what comes of several partitions in one turn is stored with one call, and handed over at once', async () => {
  const { state, handle } = await rig();
  await Promise.all([handle(ofPartition(0, 'a')), handle(ofPartition(1, 'b')), handle(ofPartition(2, 'c'))]);
  expect([state.turns, state.handovers]).toEqual([[[0, 1, 2]], 1]);
  expect(state.offers.map(({ message }) => message.task)).toEqual(['a', 'b', 'c']);
});

test('RT1 of a turn only the partition that fails rejects; it goes alone until it succeeds', async () => {
  const { state, handle } = await rig();
  state.fault = new LongwireError('bad_request', 'no');
  state.faultOf = 1;
  const turn = () => Promise.allSettled([handle(ofPartition(0, 'a')), handle(ofPartition(1, 'b'))]);
  expect((await turn()).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect([state.offers.length, state.receipts.length]).toEqual([1, 1]);
  state.fault = undefined;
  await turn();
  await turn();
  expect(state.turns).toEqual([[0, 1], [1], [0], [0, 1]]);
  expect(state.offers.length).toBe(5);
});
