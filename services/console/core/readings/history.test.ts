import { expect, test } from 'vitest';
import { History } from './history.ts';

const step = 5_000;
const open = () => new History(['a', 'b'] as const, step, 20_000);

test('points of the last hour come in order; steps that nobody looked in are not known', () => {
  const history = open();
  history.note(100_000, { a: 1, b: null });
  history.note(102_000, { a: 2, b: null });
  history.note(110_000, { a: 3, b: 7 });
  expect(history.points(['a', 'b'], 111_000)).toEqual({
    from: 100_000,
    series: { a: [2, null, 3], b: [null, null, 7] },
  });
});

test('there are never more points than the span has', () => {
  const history = open();
  for (let n = 0; n < 50; n++) history.note(100_000 + n * step, { a: n, b: 0 });
  expect(history.points(['a'], 100_000 + 49 * step)).toEqual({
    from: 100_000 + 46 * step,
    series: { a: [46, 47, 48, 49] },
  });
  history.note(100_000 + 60 * step, { a: 60, b: 0 });
  expect(history.points(['a'], 100_000 + 60 * step).series.a).toEqual([null, null, null, 60]);
});

test('nothing was noted, or only long ago: there are no points', () => {
  const history = open();
  expect(history.points(['a'], 100_000).series).toEqual({ a: [] });
  history.note(100_000, { a: 1, b: 1 });
  expect(history.points(['a'], 200_000).series).toEqual({ a: [] });
});

test('a clock that goes back leaves what was noted', () => {
  const history = open();
  history.note(110_000, { a: 1, b: 1 });
  history.note(100_000, { a: 9, b: 9 });
  expect(history.points(['a'], 110_000).series.a).toEqual([1]);
});
