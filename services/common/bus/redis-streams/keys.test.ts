import { expect, test } from 'vitest';
import { keysOf, standing } from './keys.ts';

test('all keys of a topic share one hash tag', () => {
  const keys = keysOf('line.route.1');
  const all = [keys.topic, keys.partition(3), keys.commits, keys.groups, keys.members('g'), keys.lease('g', 3)];
  for (const key of [...all, keys.changes('g')]) expect(key).toMatch(/^bus:\{line\.route\.1\}:/);
});

test('a group stands at its commit, or at the oldest record where that is gone, missing or beyond the end', () => {
  expect(standing('7', 5, 9)).toBe(7);
  expect(standing('9', 5, 9)).toBe(9);
  expect(standing('3', 5, 9)).toBe(5);
  expect(standing(null, 5, 9)).toBe(5);
  expect(standing('12', 5, 9)).toBe(5);
});
