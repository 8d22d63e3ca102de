/** Allows `burst` at once and `perSecond` in the long run. */
export class TokenBucket {
  #tokens: number;
  #at: number;

  constructor(burst: number, now: number) {
    this.#tokens = burst;
    this.#at = now;
  }

  take(now: number, perSecond: number, burst: number, cost = 1): boolean {
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1_000);
    this.#at = now;
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Gives back what was taken for something that costs nothing after all. */
  giveBack(burst: number, cost = 1): void {
    this.#tokens = Math.min(burst, this.#tokens + cost);
  }
}
