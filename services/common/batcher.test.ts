import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { Batcher, type BatcherOptions } from './batcher.ts';

type Options = Partial<BatcherOptions<number, string>>;

/** A batcher whose batches are done when the test says so. */
function rig(options: Options = {}) {
  const open: { items: number[]; done: (fault?: Error) => void }[] = [];
  const batches: number[][] = [];
  const batcher = new Batcher<number, string>({
    maxItems: 3,
    maxPending: 10,
    run: (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      const answers = items.map((item) => `r${item}`);
      batches.push(items);
      open.push({ items, done: (fault) => (fault ? reject(fault) : resolve(answers)) });
      return promise;
    },
    ...options,
  });
  const begun = (count: number) => waitFor(`${count} batches`, () => batches.length === count, 5_000, 1);
  return { batcher, open, batches, begun };
}

test('what comes while a batch is under way goes together in the next, each item with its own result', async () => {
  const { batcher, open, batches, begun } = rig();
  const first = batcher.add(1);
  await begun(1);
  const rest = [2, 3, 4, 5].map((item) => batcher.add(item));
  expect(batcher.pending).toBe(4);
  open[0]!.done();
  expect(await first).toBe('r1');
  await begun(2);
  open[1]!.done();
  await begun(3);
  open[2]!.done();
  expect(await Promise.all(rest)).toEqual(['r2', 'r3', 'r4', 'r5']);
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
});

test('at its bound one more is refused as overloaded; then there is room again', async () => {
  const { batcher, open, begun } = rig({ maxPending: 2 });
  const kept = [batcher.add(1), batcher.add(2)];
  await expect(batcher.add(3)).rejects.toMatchObject({ code: 'overloaded', retryable: true });
  await begun(1);
  const later = batcher.add(4);
  open[0]!.done();
  await Promise.all(kept);
  await begun(2);
  open[1]!.done();
  expect(await later).toBe('r4');
});

test('a batch that fails fails its own items only', async () => {
  const { batcher, open, begun } = rig({ maxItems: 1 });
  const [bad, good] = [batcher.add(1), batcher.add(2)];
  await begun(1);
  open[0]!.done(new Error('no'));
  await expect(bad).rejects.toThrow('no');
  await begun(2);
  open[1]!.done();
  expect(await good).toBe('r2');
});

test('a batch that answers too few results fails, and one that throws at once too', async () => {
  const few = new Batcher<number, string>({ maxItems: 2, maxPending: 2, run: async () => ['one'] });
  const outcomes = await Promise.allSettled([few.add(1), few.add(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const thrower = new Batcher<number, string>({
    maxItems: 2,
    maxPending: 2,
    run: () => {
      throw new Error('at once');
    },
  });
  await expect(thrower.add(1)).rejects.toThrow('at once');
  await thrower.drained();
});

test('as many batches as allowed run side by side, no more', async () => {
  const { batcher, open, batches, begun } = rig({ maxItems: 1, concurrency: 2 });
  const all = [1, 2, 3].map((item) => batcher.add(item));
  await begun(2);
  open[1]!.done();
  await begun(3);
  expect(batches).toEqual([[1], [2], [3]]);
  open[0]!.done();
  open[2]!.done();
  await Promise.all(all);
});

test('a batch ends before the item that would make it too heavy; one too heavy by itself goes alone', async () => {
  const weighing: Options = { maxItems: 10, weigh: (item) => item, maxWeight: 10 };
  const { batcher, open, batches, begun } = rig(weighing);
  const all = [4, 5, 2, 30, 1].map((item) => batcher.add(item));
  for (let count = 1; count <= 4; count++) {
    await begun(count);
    open[count - 1]!.done();
  }
  await Promise.all(all);
  expect(batches).toEqual([[4, 5], [2], [30], [1]]);
});

test('a batch gathers for its time, but one that is full does not wait for it', async () => {
  const { batcher, open, batches, begun } = rig({ gatherMs: 60_000 });
  const all = [1, 2, 3, 4, 5, 6, 7].map((item) => batcher.add(item));
  await begun(1);
  open[0]!.done();
  await begun(2);
  open[1]!.done();
  await Promise.all(all.slice(0, 6));
  all.push(batcher.add(8), batcher.add(9));
  await begun(3);
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  open[2]!.done();
  await Promise.all(all);
});

test('a batcher that gathers takes what comes within the time into one batch', async () => {
  const { batcher, open, batches, begun } = rig({ gatherMs: 20 });
  const first = batcher.add(1);
  await new Promise(setImmediate);
  const second = batcher.add(2);
  await begun(1);
  expect(batches).toEqual([[1, 2]]);
  open[0]!.done();
  expect(await Promise.all([first, second])).toEqual(['r1', 'r2']);
});

test('drained waits for what waits and for what is under way', async () => {
  const { batcher, open, begun } = rig({ maxItems: 1 });
  await batcher.drained();
  const all = Promise.allSettled([batcher.add(1), batcher.add(2)]);
  let drained = false;
  const waiting = batcher.drained().then(() => {
    drained = true;
  });
  await begun(1);
  open[0]!.done(new Error('no'));
  await begun(2);
  expect(drained).toBe(false);
  open[1]!.done();
  await Promise.all([waiting, all]);
});

test('whatever the bounds, every item is run once, in order, and gets its own result', async () => {
  const bounds = fc.record({
    maxItems: fc.integer({ min: 1, max: 5 }),
    gatherMs: fc.integer({ min: 0, max: 1 }),
    maxWeight: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(bounds, fc.integer({ min: 1, max: 40 }), async (options, count) => {
      const ran: number[] = [];
      const run = async (items: number[]): Promise<string[]> => {
        ran.push(...items);
        await new Promise(setImmediate);
        return items.map((item) => `r${item}`);
      };
      const batcher = new Batcher<number, string>({ ...options, maxPending: 100, weigh: (item) => item % 7, run });
      const items = Array.from({ length: count }, (_, index) => index);
      expect(await Promise.all(items.map((item) => batcher.add(item)))).toEqual(items.map((item) => `r${item}`));
      expect(ran).toEqual(items);
      await batcher.drained();
    }),
    { seed: 20_260_106, numRuns: 60 },
  );
});

test('with a pace what comes after a rest is done at once, what comes soon after a batch waits and goes together', async () => {
  const paceMs = 300;
  const batches: number[][] = [];
  const startedMs: number[] = [];
  const batcher = new Batcher<number, string>({
    ...{ maxItems: 3, maxPending: 10, concurrency: 2, paceMs },
    async run(items) {
      batches.push(items);
      startedMs.push(performance.now());
      return items.map(String);
    },
  });
  const addedMs = performance.now();
  await batcher.add(1);
  const second = batcher.add(2);
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([second, batcher.add(3)]);
  expect(batches).toEqual([[1], [2, 3]]);
  expect(startedMs[0]! - addedMs).toBeLessThan(paceMs);
  // A timer's time is in whole ms.
  expect(startedMs[1]! - startedMs[0]!).toBeGreaterThanOrEqual(paceMs - 2);
});

test('a full batch does not wait for its pace', async () => {
  const { batcher, open, batches, begun } = rig({ paceMs: 60_000, concurrency: 2 });
  void batcher.add(1);
  await begun(1);
  for (const item of [2, 3, 4]) void batcher.add(item);
  await begun(2);
  expect(batches).toEqual([[1], [2, 3, 4]]);
  for (const { done } of open) done();
});
