import type { BusRecord } from '../bus.ts';

interface Waiter {
  offset: number;
  /** These very records, rather than what was fetched. */
  again: BusRecord[] | undefined;
  resolve: (records: BusRecord[] | undefined) => void;
}

export interface FeedOptions {
  maxBatch: number;
  /** Fetch this partition, from here on. */
  want: (offset: number) => void;
}

/**
 * Where kafkajs' push meets a partition's loop, which pulls. A delivery lasts as long as a handler may be running, for
 * kafkajs joins its group anew only between deliveries: so a batch in hand is finished before anybody else gets the
 * partition. While the loop rests (it failed, or asks where to start), there is no delivery and others are not held up.
 */
export class Feed {
  #options: FeedOptions;
  #waiter: Waiter | undefined;
  #buffer: BusRecord[] = [];
  #settle: (() => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  next(offset: number): Promise<BusRecord[] | undefined> {
    if (this.#settle && this.#buffer[0]?.offset === offset) return Promise.resolve(this.#take());
    return this.#wait(offset, undefined);
  }

  again(records: BusRecord[]): Promise<BusRecord[] | undefined> {
    return this.#wait(records[0]!.offset, records);
  }

  cancel(): void {
    this.#waiter?.resolve(undefined);
    this.#waiter = undefined;
  }

  /** No handler runs: a delivery under way may end. */
  resting(): void {
    this.#buffer = [];
    this.#settle?.();
    this.#settle = undefined;
  }

  /** What was fetched ahead is forgotten, so the delivery ends with the batch in hand. */
  drop(): void {
    this.#buffer = [];
  }

  /** Offset that the loop waits for; undefined while it is busy or rests. */
  get wanted(): number | undefined {
    return this.#waiter?.offset;
  }

  /**
   * Hands over what was fetched from `fetchedOffset` on, and resolves when no handler runs any more: `wanted` says then what to
   * fetch next.
   */
  async deliver(fetchedOffset: number, records: BusRecord[]): Promise<void> {
    const waiter = this.#waiter;
    if (!waiter) return;
    const next = waiter.again ? waiter.again.at(-1)!.offset + 1 : waiter.offset;
    // Less than `fetchedOffset` only where the log begins later now: then what is left of it is what comes next.
    this.#buffer = fetchedOffset < next ? records.filter(({ offset }) => offset >= next) : records;
    if (!waiter.again && this.#buffer.length === 0) return;
    const settled = new Promise<void>((resolve) => {
      this.#settle = resolve;
    });
    this.#waiter = undefined;
    waiter.resolve(waiter.again ?? this.#take());
    await settled;
  }

  #take(): BusRecord[] {
    return this.#buffer.splice(0, this.#options.maxBatch);
  }

  #wait(offset: number, again: BusRecord[] | undefined): Promise<BusRecord[] | undefined> {
    const { promise, resolve } = Promise.withResolvers<BusRecord[] | undefined>();
    this.#waiter = { offset, again, resolve };
    // At the end of a delivery the offset is its answer; at any other time it must be asked for.
    if (this.#settle) this.resting();
    else this.#options.want(offset);
    return promise;
  }
}
