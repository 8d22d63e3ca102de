import { expect, test } from 'vitest';
import { LongwireError } from '../errors.ts';
import { type Group, Publisher, type PublisherOptions } from './publisher.ts';

/** Appends to logs in memory, when its gate is open. */
function memoryLogs() {
  const logs = new Map<number, string[]>();
  const appends: Group[][] = [];
  let gate = Promise.resolve();
  const append = async (groups: Group[]): Promise<number[]> => {
    appends.push(groups);
    await gate;
    return groups.map(({ partition, records }) => {
      const log = logs.get(partition) ?? [];
      logs.set(partition, log);
      return log.push(...records.map(({ value }) => value)) - records.length;
    });
  };
  return {
    logs,
    appends,
    append,
    close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

function publisherOn(append: PublisherOptions['append'], options: Partial<PublisherOptions> = {}): Publisher {
  return new Publisher({
    append,
    laneOf: (_topic, partition) => String(partition),
    maxRecords: 10,
    maxBytes: 2_000,
    maxPendingBytes: 10_000,
    deadlineMs: 1_000,
    ...options,
  });
}

function record(partition: number, value: string) {
  return { partition, key: 'k', value };
}

test('offsets come in the order of the records, also where a publish is split over partitions and appends', async () => {
  const memory = memoryLogs();
  const records = Array.from({ length: 25 }, (_none, index) => record(index % 2, String(index)));
  const offsets = await publisherOn(memory.append).publish('t', records);
  expect(offsets).toEqual(records.map((_record, index) => Math.floor(index / 2)));
  for (const groups of memory.appends) {
    expect(groups.flatMap((group) => group.records).length).toBeLessThanOrEqual(10);
  }
});

test('publishes made while an append is under way are gathered into one', async () => {
  const memory = memoryLogs();
  const open = memory.close();
  const publisher = publisherOn(memory.append);
  const first = publisher.publish('t', [record(0, 'a')]);
  await new Promise((resolve) => setImmediate(resolve));
  const later = ['b', 'c', 'd'].map((value) => publisher.publish('t', [record(0, value)]));
  open();
  expect(await first).toEqual([0]);
  expect((await Promise.all(later)).flat()).toEqual([1, 2, 3]);
  expect(memory.appends.map((groups) => groups.length)).toEqual([1, 3]);
});

test('what an append refuses of one partition fails only the publishes to it', async () => {
  const full = new LongwireError('overloaded', 'full');
  const append: PublisherOptions['append'] = async (groups) =>
    groups.map(({ partition }) => (partition === 1 ? full : 7));
  const publisher = publisherOn(append, { laneOf: (topic) => topic });
  const outcomes = await Promise.allSettled([0, 1, 2].map((one) => publisher.publish('t', [record(one, 'a')])));
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: [7] },
    { status: 'rejected', reason: full },
    { status: 'fulfilled', value: [7] },
  ]);
  await expect(publisher.publish('t', [record(0, 'a'), record(1, 'b')])).rejects.toBe(full);
});

test('a publish over the bytes that may wait is refused as overloaded, and room comes back', async () => {
  const memory = memoryLogs();
  const open = memory.close();
  const publisher = publisherOn(memory.append, { maxPendingBytes: 300 });
  const first = publisher.publish('t', [record(0, 'x'.repeat(200))]);
  await expect(publisher.publish('t', [record(0, 'x')])).rejects.toMatchObject({ code: 'overloaded' });
  open();
  await first;
  expect(await publisher.publish('t', [record(0, 'x')])).toEqual([1]);
});

test('a record over the bytes of an append is refused as too_large', async () => {
  const memory = memoryLogs();
  const publishing = publisherOn(memory.append).publish('t', [record(0, 'x'.repeat(2_000))]);
  await expect(publishing).rejects.toMatchObject({ code: 'too_large' });
  expect(memory.appends).toEqual([]);
});

test('a publish that gets no answer fails as unavailable, and what waited behind it is never written', async () => {
  const memory = memoryLogs();
  const open = memory.close();
  const publisher = publisherOn(memory.append, { deadlineMs: 20 });
  const [first, second] = await Promise.allSettled([
    publisher.publish('t', [record(0, 'a')]),
    new Promise((resolve) => setImmediate(resolve)).then(() => publisher.publish('t', [record(0, 'b')])),
  ]);
  for (const outcome of [first, second]) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
  }
  open();
  await publisher.close();
  expect(memory.logs.get(0)).toEqual(['a']);
});

test('after close a publish is refused', async () => {
  const publisher = publisherOn(memoryLogs().append);
  await publisher.close();
  await expect(publisher.publish('t', [record(0, 'a')])).rejects.toBeInstanceOf(LongwireError);
});
