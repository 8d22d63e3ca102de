import { expect, test } from 'vitest';
import { Repeated } from './repeated.ts';

test('each kind is said at first, then once in a while, and anew when all was over', () => {
  let now = 0;
  const faults = new Repeated<'away' | 'refused'>(1_000, () => now);
  expect(faults.over()).toBe(false);
  expect([faults.due('away'), faults.due('refused'), faults.due('away')]).toEqual([true, true, false]);
  now = 999;
  expect(faults.due('refused')).toBe(false);
  now = 1_000;
  expect(faults.due('away')).toBe(true);
  expect([faults.over(), faults.over(), faults.due('away')]).toEqual([true, false, true]);
});
