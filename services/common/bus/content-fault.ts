import type { LongwireError } from '../errors.ts';

/** Whether anything of a consumer succeeds: shared by the loops of its partitions. */
export class Successes {
  #lastMs = Number.NEGATIVE_INFINITY;

  done(): void {
    this.#lastMs = performance.now();
  }

  since(ms: number): boolean {
    return this.#lastMs > ms;
  }
}

/** A refusal of the same call, made again unchanged, is the same; where nothing else succeeds it is waited for this long. */
const refusedMs = 60_000;
/** What fails for an unknown reason may be a fault of a store: it is one of the content if others succeed meanwhile, again and again. */
const unknownMs = 10_000;
const unknownFailures = 5;

/**
 * Judges the failures of one batch: may they be due to what is in its records? A store that is away, or one that refuses everything, never is:
 * then nothing else succeeds either.
 */
export class ContentFault {
  #successes: Successes;
  #failures = 0;
  #sinceMs = 0;

  constructor(successes: Successes) {
    this.#successes = successes;
  }

  /** Work on some records went well; what is behind them may still be what failed. */
  passed(): void {
    this.#failures = 0;
  }

  /** A batch was handled whole, or a record was set aside. */
  over(): void {
    this.#failures = 0;
    this.#sinceMs = 0;
  }

  /** Answers whether a batch that failed with this should come again in smaller parts. @param now monotonic, ms */
  splits(error: LongwireError, now: number): boolean {
    if (this.#sinceMs === 0) this.#sinceMs = now;
    this.#failures++;
    if (refuses(error)) return true;
    return error.code === 'internal' && this.#failures >= unknownFailures;
  }

  /** Answers whether a record that failed alone, after `splits` said yes, is to be set aside. @param now monotonic, ms */
  condemns(error: LongwireError, now: number): boolean {
    const forMs = now - this.#sinceMs;
    const othersSucceed = this.#successes.since(this.#sinceMs);
    if (refuses(error)) return othersSucceed || forMs > refusedMs;
    return othersSucceed && forMs > unknownMs;
  }
}

function refuses({ code }: LongwireError): boolean {
  return code === 'bad_request' || code === 'too_large';
}
