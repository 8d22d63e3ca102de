import { type CounterName, counterNames, type HistogramName, histogramNames } from './figures.ts';
import type { Buckets, Reading } from './reading.ts';

/** How much was counted between two readings of one process, and how long that took. */
export interface Change {
  seconds: number;
  counters: Record<CounterName, number>;
  histograms: Partial<Record<HistogramName, Buckets>>;
}

/**
 * What was counted from an earlier reading to a later one. A counter that went back belongs to a process that began anew: all it has
 * was counted since.
 */
export function changeOf(earlier: Reading, later: Reading): Change {
  const anew = counterNames.some((name) => later.counters[name] < earlier.counters[name]);
  const counters = Object.fromEntries(
    counterNames.map((name) => [name, later.counters[name] - (anew ? 0 : earlier.counters[name])]),
  ) as Change['counters'];
  const histograms: Change['histograms'] = {};
  for (const name of histogramNames) {
    const now = later.histograms[name];
    if (!now) continue;
    const before = anew ? undefined : earlier.histograms[name];
    histograms[name] = new Map(
      [...now].map(([bound, count]) => [bound, Math.max(0, count - (before?.get(bound) ?? 0))]),
    );
  }
  return { seconds: (later.atMs - earlier.atMs) / 1_000, counters, histograms };
}

/** The counts of several instances together. */
export function sumOf(all: (Buckets | undefined)[]): Buckets {
  const sum: Buckets = new Map();
  for (const buckets of all) for (const [bound, count] of buckets ?? []) sum.set(bound, (sum.get(bound) ?? 0) + count);
  return sum;
}

/** How many there were. */
export function countOf(buckets: Buckets): number {
  return buckets.get(Number.POSITIVE_INFINITY) ?? 0;
}

/**
 * The value below which a share of all lie, within a bucket by its middle course; null where there are none. What is beyond the
 * last bound is told as that bound.
 */
export function quantileOf(buckets: Buckets, share: number): number | null {
  const total = countOf(buckets);
  if (total <= 0) return null;
  const rank = share * total;
  let below = 0;
  let from = 0;
  for (const [bound, count] of [...buckets].sort(([left], [right]) => left - right)) {
    if (count >= rank && count > below) {
      return bound === Number.POSITIVE_INFINITY ? from : from + ((bound - from) * (rank - below)) / (count - below);
    }
    below = Math.max(below, count);
    from = bound;
  }
  return from;
}
