import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { every, nextRun, tickMs } from './ticks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('each runs as often as it asks for, and those of several periods in the same moments', () => {
  const runs: string[] = [];
  const ends = [every(2 * tickMs, () => runs.push('two')), every(tickMs, () => runs.push('one'))];
  vi.advanceTimersByTime(4 * tickMs);
  for (const end of ends) end();
  expect(runs.filter((run) => run === 'one')).toHaveLength(4);
  expect(runs.filter((run) => run === 'two')).toHaveLength(2);
  expect(runs.join()).toMatch(/^(one,two,one|two,one,one),/);
});

test('what became due while the process stood still runs at its next turn, and once', () => {
  const runs = [0, 0];
  const ends = [1, 7].map((ticks, index) => every(ticks * tickMs, () => runs[index]!++));
  vi.advanceTimersByTime(tickMs);
  runs.fill(0);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 20 * tickMs);
  vi.advanceTimersByTime(tickMs);
  clock.mockRestore();
  for (const end of ends) end();
  expect(runs).toEqual([1, 1]);
});

test('a period is rounded to ticks, one at the least', () => {
  let short = 0;
  let odd = 0;
  const ends = [every(10, () => short++), every(2.4 * tickMs, () => odd++)];
  vi.advanceTimersByTime(8 * tickMs);
  for (const end of ends) end();
  expect([short, odd]).toEqual([8, 4]);
});

test('one that ends, also within a run, runs no more, and the last one ends the timer', () => {
  const runs: string[] = [];
  const endFirst = every(tickMs, () => {
    runs.push('first');
    endSecond();
  });
  const endSecond = every(tickMs, () => runs.push('second'));
  vi.advanceTimersByTime(2 * tickMs);
  endFirst();
  endFirst();
  expect(runs).toEqual(['first', 'first']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a wait for the next run ends with it, or when it is called off; nothing is left of it', async () => {
  const off = new AbortController();
  const added = vi.spyOn(off.signal, 'addEventListener');
  const removed = vi.spyOn(off.signal, 'removeEventListener');
  const first = nextRun(2 * tickMs, off.signal);
  vi.advanceTimersByTime(2 * tickMs);
  await first;
  const second = nextRun(2 * tickMs, off.signal);
  off.abort();
  await second;
  await nextRun(2 * tickMs, off.signal);
  expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 2]);
  expect(vi.getTimerCount()).toBe(0);
});
