import { describe, expect, it } from 'vitest';
import { arrivals, type Spacing } from './arrivals.ts';
import { distinctBelow, seededRandom } from './random.ts';

function times(rate: number, spacing: Spacing, count: number, { seed = 1, phase = 0 } = {}): number[] {
  const due = arrivals({ rate, spacing, random: seededRandom(seed), phase });
  return Array.from({ length: count }, () => due.next().value);
}

describe('arrivals', () => {
  it('even ones are the same time apart, later by their phase', () => {
    expect(times(4, 'even', 3)).toEqual([0, 250_000, 500_000]);
    expect(times(4, 'even', 3, { phase: 0.5 })).toEqual([125_000, 375_000, 625_000]);
  });

  it('those of Poisson rise, and come at the rate in the long run', () => {
    const due = times(1_000, 'poisson', 20_000);
    expect(due).toEqual(due.toSorted((left, right) => left - right));
    expect(due.at(-1)! / 20_000).toBeGreaterThan(970);
    expect(due.at(-1)! / 20_000).toBeLessThan(1_030);
  });

  it('gaps of Poisson vary as much as they are long', () => {
    const due = times(1_000, 'poisson', 20_000);
    const gaps = due.map((at, index) => at - (due[index - 1] ?? 0));
    const variance = gaps.reduce((sum, gap) => sum + (gap - 1_000) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance)).toBeGreaterThan(950);
    expect(Math.sqrt(variance)).toBeLessThan(1_050);
  });

  it('the same seed gives the same times, another gives others', () => {
    expect(times(10, 'poisson', 5, { seed: 7 })).toEqual(times(10, 'poisson', 5, { seed: 7 }));
    expect(times(10, 'poisson', 5, { seed: 7 })).not.toEqual(times(10, 'poisson', 5, { seed: 8 }));
  });
});

describe('distinctBelow', () => {
  it('takes different ones, each as often as another, and all where there are not enough', () => {
    const random = seededRandom(3);
    const seen = Array.from({ length: 10 }, () => 0);
    for (let round = 0; round < 5_000; round++) {
      const taken = distinctBelow(10, 4, random);
      expect(new Set(taken).size).toBe(4);
      for (const one of taken) seen[one]!++;
    }
    for (const count of seen) expect(Math.abs(count - 2_000)).toBeLessThan(200);
    expect(distinctBelow(3, 20, random).toSorted()).toEqual([0, 1, 2]);
  });
});
