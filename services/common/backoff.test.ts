import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('a wait is anything up to a bound that doubles with each attempt, until its maximum', () => {
  const longest = [0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 100, 1_000, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(backoffMs(3, 100, 1_000, () => 0)).toBe(0);
  expect(backoffMs(3, 100, 1_000, () => 0.5)).toBe(400);
});

test('however many attempts there were, the wait is a number within the maximum', () => {
  for (const attempt of [31, 100, 5_000, Number.MAX_SAFE_INTEGER])
    expect(backoffMs(attempt, 1, 60_000, () => 1)).toBe(60_000);
});
