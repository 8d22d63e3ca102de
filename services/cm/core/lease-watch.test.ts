import { expect, test } from 'vitest';
import { LeaseWatch } from './lease-watch.ts';

test('a lease that ran out while nothing turned is seen at the first look, and once', () => {
  const watch = new LeaseWatch(0);
  watch.renewed(10_000);
  expect([500, 1_000, 16_000, 16_001, 40_000].map((atMs) => watch.ranOut(atMs))).toEqual([
    ...[false, false, true, false, false],
  ]);
});

test.each([
  ['that was renewed in time', 10_000, [3_000, 9_500]],
  ['that ran out while the process turned', 10_000, [...Array(40).keys()].map((step) => step * 500)],
  ['of which nothing is known yet', undefined, [60_000]],
])('a lease %s is not', (_what, untilMs, looks) => {
  const watch = new LeaseWatch(0);
  if (untilMs !== undefined) watch.renewed(untilMs);
  expect(looks.filter((atMs) => watch.ranOut(atMs))).toEqual([]);
});

test('each time counts anew', () => {
  const watch = new LeaseWatch(0);
  watch.renewed(10_000);
  expect(watch.ranOut(15_000)).toBe(true);
  watch.renewed(25_500);
  expect(watch.ranOut(15_500)).toBe(false);
  expect(watch.ranOut(30_000)).toBe(true);
});
