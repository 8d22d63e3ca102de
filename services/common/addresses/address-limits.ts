import { limitKeyOf } from './blocks.ts';
import { KeyedBuckets, type Rate } from './keyed-buckets.ts';

/** Read each time they are needed: they may change. */
export interface FailureRate {
  readonly addressFailuresPerSecond: number;
  readonly addressFailureBurst: number;
}

/** Who is refused is told to come back after a time between these, ms, so that not all come back at once. */
const [soonestMs, latestMs] = [1_000, 30_000];

/**
 * What clients may do by their addresses, counted in this process. Tries with wrong credentials have a small bucket of their
 * own: one who has used it up is refused without more work, and who has the right ones still gets in beside him.
 */
export class AddressLimits {
  readonly #failures = new KeyedBuckets();
  readonly #rate: FailureRate;
  readonly #isExempt: (address: string) => boolean;
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(rate: FailureRate, isExempt: (address: string) => boolean, now: () => number, random = Math.random) {
    this.#rate = rate;
    this.#isExempt = isExempt;
    this.#now = now;
    this.#random = random;
  }

  /** Takes one of what an address has in a table. */
  take(table: KeyedBuckets, address: string, rate: Rate): boolean {
    return this.#isExempt(address) || table.take(limitKeyOf(address), rate, this.#now());
  }

  /** Wrong credentials came. @returns whether they are answered as such; otherwise there were too many. */
  failed(address: string): boolean {
    return this.take(this.#failures, address, this.#failureRate);
  }

  /** Whether wrong credentials may still cost work. */
  mayFail(address: string): boolean {
    return this.#isExempt(address) || this.#failures.has(limitKeyOf(address), this.#failureRate, this.#now());
  }

  /** When one who is refused may come back, ms from now. */
  retryAfterMs(): number {
    return Math.floor(soonestMs + this.#random() * (latestMs - soonestMs));
  }

  get #failureRate(): Rate {
    return { perSecond: this.#rate.addressFailuresPerSecond, burst: this.#rate.addressFailureBurst };
  }
}
