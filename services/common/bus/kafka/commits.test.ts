import { expect, test } from 'vitest';
import { Commits } from './commits.ts';

function rig() {
  const written: { partition: number; offset: string }[][] = [];
  const lost = new Set<number>();
  const state = { fault: undefined as Error | undefined, expelled: 0, answer: Promise.resolve() };
  const commits = new Commits({
    held: (partition) => !lost.has(partition),
    write: async (partitions) => {
      written.push(partitions);
      await state.answer;
      if (state.fault) throw state.fault;
    },
    onExpelled: () => state.expelled++,
  });
  return { commits, written, lost, state };
}

test('what partitions commit in one turn, or while a request is under way, is one request', async () => {
  const { commits, written, state } = rig();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.answer = promise;
  const first = [commits.commit(0, 10), commits.commit(1, 20)];
  await expect.poll(() => written.length).toBe(1);
  const second = [commits.commit(2, 30), commits.commit(3, 40)];
  resolve();
  expect(await Promise.all([...first, ...second])).toEqual([true, true, true, true]);
  expect(written).toEqual([
    [
      { partition: 0, offset: '10' },
      { partition: 1, offset: '20' },
    ],
    [
      { partition: 2, offset: '30' },
      { partition: 3, offset: '40' },
    ],
  ]);
});

test('a partition that is lost while its commit waits is not committed', async () => {
  const { commits, written, lost } = rig();
  const both = [commits.commit(0, 10), commits.commit(1, 20)];
  lost.add(1);
  expect(await Promise.all(both)).toEqual([true, false]);
  expect(written).toEqual([[{ partition: 0, offset: '10' }]]);
  lost.add(0);
  expect(await commits.commit(0, 11)).toBe(false);
  expect(written).toHaveLength(1);
});

test('a member that is expelled learns it once, and all its commits answer false', async () => {
  const { commits, state } = rig();
  state.fault = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' });
  expect(await Promise.all([commits.commit(0, 10), commits.commit(1, 20)])).toEqual([false, false]);
  expect(state.expelled).toBe(1);
});

test('another fault is told to all, and the next commits go on', async () => {
  const { commits, state } = rig();
  state.fault = new Error('the coordinator moved');
  const both = await Promise.allSettled([commits.commit(0, 10), commits.commit(1, 20)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  state.fault = undefined;
  expect(await commits.commit(0, 10)).toBe(true);
  expect(state.expelled).toBe(0);
});
