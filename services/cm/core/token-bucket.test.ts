import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('a burst is allowed at once, then what comes in per second', () => {
  const bucket = new TokenBucket(3, 0);
  const take = (now: number): boolean => bucket.take(now, 2, 3);
  expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false]);
  expect([take(499), take(500), take(501)]).toEqual([false, true, false]);
  expect([take(60_000), take(60_000), take(60_000), take(60_000)]).toEqual([true, true, true, false]);
});

test('over any time no more is taken than the burst and the rate allow; a clock that steps back gives nothing by that', () => {
  const waits = fc.array(fc.integer({ min: -2_000, max: 2_000 }), { maxLength: 100 });
  fc.assert(
    fc.property(waits, (steps) => {
      const [perSecond, burst] = [5, 4];
      const bucket = new TokenBucket(burst, 0);
      let now = 0;
      let forward = 0;
      let taken = 0;
      for (const step of steps) {
        now += step;
        forward += Math.max(0, step);
        if (bucket.take(now, perSecond, burst)) taken++;
      }
      expect(taken).toBeLessThanOrEqual(burst + (forward * perSecond) / 1_000);
    }),
    { seed: 20_260_103, numRuns: 500 },
  );
});
