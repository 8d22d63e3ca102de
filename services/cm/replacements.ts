import { TtlCache } from '../common/ttl-cache.ts';
import type { CmMetrics } from './metrics.ts';

/** Replacements in a row that cost nothing: a device that changes networks logs in anew a few times. */
const free = 3;
/** A replacement that comes longer after the one before begins anew. Longer than both of two clients may wait: each may be on a node of its own. */
const memoryMs = 150_000;
/** Devices whose replacements are remembered; past that the oldest are forgotten. */
const maxDevices = 10_000;
const firstWaitMs = 1_000;
const maxWaitMs = 60_000;

/**
 * Clients that have one cid and replace each other again and again: two installations from one backup, say, that don't stop at 4409 as they
 * should. Each round the one that is replaced is asked to stay away for longer.
 */
export class Replacements {
  #rounds = new TtlCache<number>(memoryMs, maxDevices);
  #metrics: Pick<CmMetrics, 'replaced' | 'fights'>;
  #now: () => number;
  #random: () => number;

  constructor(metrics: Pick<CmMetrics, 'replaced' | 'fights'>, now: () => number, random: () => number = Math.random) {
    this.#metrics = metrics;
    this.#now = now;
    this.#random = random;
  }

  /** A connection of the device is replaced. @returns how long its client should stay away, ms; undefined while that is nothing odd. */
  waitAfter(cid: string): number | undefined {
    const now = this.#now();
    const before = this.#rounds.get(cid, now);
    const rounds = before?.fresh ? before.value + 1 : 1;
    this.#rounds.set(cid, rounds, now);
    this.#metrics.replaced.inc();
    if (rounds <= free) return undefined;
    if (rounds === free + 1) this.#metrics.fights.inc();
    const mostMs = Math.min(maxWaitMs, firstWaitMs * 2 ** (rounds - free));
    // At least half of it: the two must not come at once again.
    return Math.round(mostMs * (0.5 + this.#random() / 2));
  }
}
