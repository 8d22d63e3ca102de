import { expect, test } from 'vitest';
import { Uncommitted } from './uncommitted.ts';

function rig() {
  const commits: number[] = [];
  const waiting: (() => void)[] = [];
  const uncommitted = new Uncommitted(async (offset) => {
    commits.push(offset);
  });
  const rest = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    return { done: promise };
  };
  return { uncommitted, commits, rest, waiting };
}

test('a batch is committed once the rest of its work is done, and not before one that came before it', async () => {
  const { uncommitted, commits, rest, waiting } = rig();
  uncommitted.add(1, rest());
  uncommitted.add(2, rest());
  uncommitted.add(3, undefined);
  waiting[1]!();
  await new Promise((resolve) => setImmediate(resolve));
  expect(commits).toEqual([]);
  waiting[0]!();
  await uncommitted.committed();
  expect(commits).toEqual([3]);
  uncommitted.add(4, undefined);
  await uncommitted.committed();
  expect(commits).toEqual([3, 4]);
});

test('what is added while others are committed is committed too', async () => {
  const commits: number[] = [];
  const uncommitted: Uncommitted = new Uncommitted(async (offset) => {
    commits.push(offset);
    if (offset === 1) uncommitted.add(2, undefined);
  });
  uncommitted.add(1, undefined);
  await uncommitted.committed();
  expect(commits).toEqual([1, 2]);
});

test('it is full at 32 batches', () => {
  const { uncommitted, rest } = rig();
  for (let next = 1; next <= 31; next++) uncommitted.add(next, rest());
  expect(uncommitted.full).toBe(false);
  uncommitted.add(32, rest());
  expect(uncommitted.full).toBe(true);
});
