import { pino } from 'pino';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/rigs/process.ts';
import type { Batch, BusRecord, ConsumeOptions } from './bus.ts';
import { PartitionLoop, type PartitionSource } from './partition-loop.ts';

const log = pino({ level: 'silent' });

/** A partition in memory, with a lease that the test can take away. */
function memoryPartition(count: number) {
  const state = { held: true, committed: 0, refuse: false, faults: 0 };
  let wake: ((records: BusRecord[] | undefined) => void) | undefined;
  const source: PartitionSource = {
    committed: async () => state.committed,
    async next(offset) {
      if (offset < count) return [{ offset, key: 'k', value: String(offset), timeMs: 0 }];
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    again: async (records) => records,
    cancel: () => wake?.(undefined),
    async commit(offset) {
      if (state.faults-- > 0) throw new Error('away');
      if (state.refuse) return { kept: false };
      state.committed = offset;
      return { kept: true };
    },
    held: () => state.held,
    leaving: () => false,
    resting() {},
  };
  return { source, state };
}

function options(onBatch: (batch: Batch) => Promise<void>, more: Partial<ConsumeOptions> = {}): ConsumeOptions {
  return { topic: 't', group: 'g', maxBatch: 1, onBatch, ...more };
}

test('a commit that is refused ends the loop: no further batch, and onStop', async () => {
  const { source, state } = memoryPartition(5);
  const handled: number[] = [];
  const stopped: number[] = [];
  const onBatch = async ({ records }: Batch): Promise<void> => {
    handled.push(records[0]!.offset);
    state.refuse = handled.length === 2;
  };
  const loop = new PartitionLoop(3, source, options(onBatch, { onStop: (one) => stopped.push(one) }), log);
  await loop.done;
  expect(handled).toEqual([0, 1]);
  expect(state.committed).toBe(1);
  expect(stopped).toEqual([3]);
});

test('when the lease runs out within a batch, the batch is stale and nothing is committed', async () => {
  const { source, state } = memoryPartition(5);
  const stale: boolean[] = [];
  const onBatch = async (batch: Batch): Promise<void> => {
    stale.push(batch.stale());
    state.held = false;
    stale.push(batch.stale());
  };
  await new PartitionLoop(0, source, options(onBatch), log).done;
  expect(stale).toEqual([false, true]);
  expect(state.committed).toBe(0);
});

test('a commit that fails is tried again, and its batch is not handled again', async () => {
  const { source, state } = memoryPartition(2);
  state.faults = 2;
  const handled: number[] = [];
  const loop: PartitionLoop = new PartitionLoop(
    0,
    source,
    options(async ({ records }) => {
      handled.push(records[0]!.offset);
      if (handled.length === 2) loop.end();
    }),
    log,
  );
  await loop.done;
  expect(handled).toEqual([0, 1]);
  expect(state.committed).toBe(2);
});

test('an end cuts the pause after a failure short', async () => {
  const { source } = memoryPartition(1);
  const loop: PartitionLoop = new PartitionLoop(
    0,
    source,
    options(async () => {
      setImmediate(() => loop.end());
      throw new Error('not now');
    }),
    log,
  );
  await loop.done;
  expect(loop.ended).toBe(true);
});

test('a restart while onStart fails asks it again, and a start that failed is asked again', async () => {
  const { source } = memoryPartition(1);
  let asked = 0;
  const loop: PartitionLoop = new PartitionLoop(
    0,
    source,
    options(async () => loop.end(), {
      onStart: async (_partition, committed) => {
        asked++;
        if (asked === 1) setImmediate(() => loop.restart());
        if (asked < 3) throw new Error('not yet');
        return committed;
      },
    }),
    log,
  );
  await loop.done;
  expect(asked).toBe(3);
});

test('a handler that neither settles nor looks shows no sign of life since it began; one that looks does, and so does one that fails', async () => {
  const { source } = memoryPartition(3);
  const work = Promise.withResolvers<void>();
  let batch: Batch | undefined;
  const begun: number[] = [];
  const onBatch = (given: Batch): Promise<void> => {
    batch = given;
    begun.push(Date.now());
    return begun.length < 3 ? Promise.reject(new Error('away')) : work.promise;
  };
  const loop = new PartitionLoop(0, source, options(onBatch), log);
  expect(loop.workMs).toBeUndefined();
  await waitFor('a handler at work', () => begun.length === 3 && loop.workMs !== undefined);
  const begunMs = loop.workMs!;
  expect(begunMs).toBeGreaterThanOrEqual(begun[1]!);
  await waitFor('time goes by', () => Date.now() > begunMs + 20);
  expect(loop.workMs).toBe(begunMs);
  batch!.stale();
  expect(loop.workMs).toBeGreaterThan(begunMs);
  // What is somebody else's by now is no longer looked at.
  loop.end();
  expect(loop.workMs).toBeUndefined();
  work.resolve();
  await loop.done;
});
