import { expect, test } from 'vitest';
import { type Behavior, noHistory, pace } from './pace.ts';

const behavior: Behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 60 },
      { type: 'Pods', value: 2, periodSeconds: 60 },
    ],
  },
  scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
};
const limits = { min: 1, max: 10 };

/** Steps every 15 s; each step gives what is wanted. @returns the replicas after each. */
function run(wanted: number[], start: number, most = limits): number[] {
  let [history, current] = [noHistory, start];
  return wanted.map((one, step) => {
    const paced = pace(history, behavior, most, { current, wanted: one, nowMs: step * 15_000 });
    ({ history } = paced);
    current = paced.replicas;
    return current;
  });
}

test('up: at once, and by the larger of the policies within a period', () => {
  expect(run([9, 9, 9, 9, 9, 9], 1)).toEqual([3, 3, 3, 3, 6, 6]);
  expect(run([9], 4)).toEqual([8]);
});

test('down: only when nothing more was wanted for the whole window, then one a period', () => {
  const steps = run([5, ...Array.from({ length: 40 }, () => 1)], 5);
  expect(steps.slice(0, 20).every((one) => one === 5)).toBe(true);
  expect(steps[20]).toBe(4);
  expect(steps.slice(20, 29)).toEqual([4, 4, 4, 4, 3, 3, 3, 3, 2]);
});

test('a single moment of more within the window keeps them', () => {
  const wanted = Array.from({ length: 40 }, (_unused, step) => (step % 15 === 0 ? 5 : 1));
  expect(new Set(run(wanted, 5))).toEqual(new Set([5]));
});

test('limits hold, and changed ones at once', () => {
  expect(run([50, 50, 50, 50, 50, 50, 50, 50, 50], 8)).toEqual(Array.from({ length: 9 }, () => 10));
  expect(run([3], 20)).toEqual([10]);
  expect(run([1], 1, { min: 3, max: 10 })).toEqual([3]);
});

test('what is remembered is bounded by the longest window', () => {
  let history = noHistory;
  for (let step = 0; step < 1_000; step++) {
    ({ history } = pace(history, behavior, limits, { current: 5, wanted: 1 + (step % 9), nowMs: step * 15_000 }));
  }
  expect(history.recommended.length).toBeLessThanOrEqual(21);
});
