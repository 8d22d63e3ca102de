export interface Rate {
  /** In the long run. */
  perSecond: number;
  /** At once. */
  burst: number;
}

/** Keys of one table; past that the one not used for longest goes, and begins with a full bucket when it comes again. */
const maxKeys = 20_000;

/** A token bucket for each key, in this process alone. A rate may change at any time. */
export class KeyedBuckets {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token, if there is one. */
  take(key: string, rate: Rate, now: number): boolean {
    const bucket = this.#refilled(key, rate, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) this.#buckets.delete(this.#buckets.keys().next().value as string);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Whether `take` would find one. */
  has(key: string, rate: Rate, now: number): boolean {
    return this.#refilled(key, rate, now).tokens >= 1;
  }

  #refilled(key: string, { perSecond, burst }: Rate, now: number): { tokens: number; at: number } {
    const bucket = this.#buckets.get(key);
    if (!bucket) return { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * perSecond) / 1_000);
    bucket.at = now;
    return bucket;
  }
}
