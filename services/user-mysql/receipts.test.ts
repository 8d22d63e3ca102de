import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { PartitionRange } from '../common/bus/bus.ts';
import type { EventReceipt } from '../common/protocol/bus-records.ts';
import { receiptPartitions } from '../common/protocol/topics.ts';
import type { ReadRecord } from './core/read-receipts.ts';
import { type ReceiptObserver, type ReceiptStore, receiptConsumer, untilTurnMs } from './receipts.ts';

const log = pino({ level: 'silent' });
const unobserved: ReceiptObserver = { records() {}, counted() {}, late() {}, transaction() {} };

class MemoryStore implements ReceiptStore {
  next: number | undefined;
  runs: ReadRecord[][] = [];

  constructor(next?: number) {
    this.next = next;
  }
  async nextOffset(): Promise<number | undefined> {
    return this.next;
  }
  async reset(_partition: number, next: number): Promise<void> {
    this.next = next;
  }
  async apply(_partition: number, records: ReadRecord[]) {
    const fresh = records.filter(({ offset }) => offset >= (this.next ?? 0));
    this.runs.push(fresh);
    this.next = records.at(-1)!.offset + 1;
    return { fresh: fresh.length, counted: {}, late: 0 };
  }
}

function consumerOf(store: MemoryStore, range: Omit<PartitionRange, 'partition'>, observer = unobserved) {
  const bus = { ranges: async () => [{ partition: 0, ...range }] };
  return receiptConsumer(bus, store, observer, { topic: 't', group: 'g', maxBatch: 100, gatherMs: 0 }, log);
}

function record(offset: number, cids = 1) {
  const list = Array.from({ length: cids }, (_none, n) => n.toString(16).padStart(32, '0'));
  const receipt: EventReceipt = { kind: 'event', app: 'a', task: 't', event: 'clicked', at: 1, cids: list };
  return { offset, key: 't', timeMs: 0, value: JSON.stringify(receipt) };
}

/** Records of as many devices as one may have: five are a run. */
const full = (count: number) => Array.from({ length: count }, (_none, offset) => record(offset, 1_000));

test.each([
  ['where the database stands', 40, 30, 40],
  ['where the group stands, if the database knows nothing', undefined, 30, 30],
  ['at the oldest record, if the database stands before it', 5, 30, 10],
  ['at the oldest record, if the group stands before it', undefined, 5, 10],
  ['at the end, if all was applied', 50, 30, 50],
])('a partition starts %s', async (_what, next, committed, expected) => {
  const consumer = consumerOf(new MemoryStore(next), { begin: 10, end: 50 });
  expect(await consumer.onStart!(0, committed)).toBe(expected);
});

test('a topic made anew is read from its beginning, and the database told so', async () => {
  const store = new MemoryStore(1_000);
  expect(await consumerOf(store, { begin: 0, end: 3 }).onStart!(0, 0)).toBe(0);
  expect(store.next).toBe(0);
});

test('a batch is applied in runs of bounded size', async () => {
  const store = new MemoryStore();
  const records = [...full(5), record(5, 1_000), record(6, 1), record(7, 1)];
  await consumerOf(store, { begin: 0, end: 8 }).onBatch({ partition: 0, records, stale: () => false });
  expect(store.runs.map((run) => run.map(({ offset }) => offset))).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7],
  ]);
});

test('a batch that became somebody else’s is left, and not taken for done', async () => {
  const store = new MemoryStore();
  const records = full(6);
  const handled = consumerOf(store, { begin: 0, end: 6 }).onBatch({
    partition: 0,
    records,
    stale: () => store.runs.length === 1,
  });
  await expect(handled).rejects.toMatchObject({ code: 'unavailable' });
  expect(store.next).toBe(5);
});

test('records are told apart as applied, repeated and unreadable', async () => {
  const seen: Record<string, number> = {};
  const observer: ReceiptObserver = {
    ...unobserved,
    records(outcome, count) {
      seen[outcome] = (seen[outcome] ?? 0) + count;
    },
  };
  const records = [record(0), record(1), { ...record(2), value: 'nonsense' }, record(3)];
  const consumer = consumerOf(new MemoryStore(1), { begin: 0, end: 4 }, observer);
  await consumer.onBatch({ partition: 0, records, stale: () => false });
  expect(seen).toEqual({ applied: 2, repeated: 1, unreadable: 1 });
});

test('partitions have their turns one after another, each once in its time', () => {
  const gatherMs = 800;
  for (const nowMs of [0, 1, 799.5, 123_456]) {
    const turns = Array.from({ length: receiptPartitions }, (_none, partition) => {
      const waitMs = untilTurnMs(partition, gatherMs, nowMs);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(gatherMs);
      return (nowMs + waitMs) % gatherMs;
    });
    expect(turns).toEqual(turns.map((_none, partition) => (partition * gatherMs) / receiptPartitions));
  }
});
