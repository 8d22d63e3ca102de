import type { Random } from './random.ts';

export const spacings = ['poisson', 'even'] as const;
/** `poisson`: each arrival is independent of the others, as with many callers. `even`: the same time between two. */
export type Spacing = (typeof spacings)[number];

export interface ArrivalOptions {
  /** Arrivals a second in the long run, above 0. */
  rate: number;
  spacing: Spacing;
  random: Random;
  /** Part of one even interval by which all are later, so that several workers take turns; 0 to 1. */
  phase: number;
}

const microsPerSecond = 1_000_000;

/**
 * The times at which something is due, µs after the begin, without an end. They come from the rate alone: what was late, or
 * slow, moves none of them.
 */
export function* arrivals({ rate, spacing, random, phase }: ArrivalOptions): Generator<number, never> {
  const interval = microsPerSecond / rate;
  if (spacing === 'even') for (let index = 0; ; index++) yield (index + phase) * interval;
  for (let at = 0; ; ) {
    at += -Math.log(1 - random()) * interval;
    yield at;
  }
}
