import { expect, test } from 'vitest';
import { type ActiveDays, withActiveDay } from './active-days.ts';

function noted(days: number[]): { fresh: number[]; days: ActiveDays } {
  let state: ActiveDays = { last: 0, bits: 0 };
  const fresh: number[] = [];
  for (const day of days) {
    const next = withActiveDay(state, day);
    state = next.days;
    if (next.fresh) fresh.push(day);
  }
  return { fresh, days: state };
}

test('each day is fresh once, in whatever order its logins come', () => {
  expect(noted([100, 100, 102, 101, 100, 102, 101]).fresh).toEqual([100, 102, 101]);
  expect(noted([131, 100, 131, 100, 101]).fresh).toEqual([131, 100, 101]);
});

test('a day more than 31 before the last one counts as known', () => {
  expect(noted([131, 99, 100]).fresh).toEqual([131, 100]);
  expect(noted([100, 132, 100]).fresh).toEqual([100, 132]);
});

test('what is kept of any order is the same, and fits 32 bits', () => {
  const days = Array.from({ length: 32 }, (_none, index) => 500 + index);
  const { days: kept } = noted(days);
  expect(kept).toEqual({ last: 531, bits: 0xffffffff });
  expect(noted(days.toReversed()).days).toEqual(kept);
});
