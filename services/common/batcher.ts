import { LongwireError } from './errors.ts';

export interface BatcherOptions<Item, Result> {
  /** Does the work of one batch; answers one result an item, in order. If it throws, every item of the batch fails with that. */
  run: (items: Item[]) => Promise<Result[]>;
  /** Items in one batch at the most. */
  maxItems: number;
  /** Items waiting at the most; one more is refused with `overloaded`. */
  maxPending: number;
  /** Batches under way at once. 1 keeps the order of items across batches. */
  concurrency?: number;
  /** How long the first item of a batch waits for company; a full batch doesn't wait. 0: until the current turn of the event loop ends. */
  gatherMs?: number;
  /** Least time from the start of one batch to that of the next, ms; a full batch doesn't wait. What comes after a rest is done at once. */
  paceMs?: number;
  /** Weight of an item against `maxWeight`, e.g. its bytes. */
  weigh?: (item: Item) => number;
  maxWeight?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

function itemOf<Item>({ item }: Waiting<Item, never>): Item {
  return item;
}

/**
 * Gathers single items into batches: an idle batcher runs at once, a busy one gathers meanwhile, so batches grow with
 * load and cost no latency without it.
 */
export class Batcher<Item, Result> {
  #options: Required<Omit<BatcherOptions<Item, Result>, 'weigh'>> & { weigh: ((item: Item) => number) | undefined };
  #pending: Waiting<Item, Result>[] = [];
  #running = 0;
  #scheduled: 'no' | 'soon' | NodeJS.Timeout = 'no';
  #idle: (() => void)[] = [];
  #startedMs = Number.NEGATIVE_INFINITY;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = {
      concurrency: 1,
      gatherMs: 0,
      paceMs: 0,
      maxWeight: Number.POSITIVE_INFINITY,
      ...options,
      weigh: options.weigh,
    };
  }

  /** How many items wait or are under way is bounded by `maxPending` plus the batches under way. */
  get pending(): number {
    return this.#pending.length;
  }

  add(item: Item): Promise<Result> {
    if (this.#pending.length >= this.#options.maxPending) {
      return Promise.reject(new LongwireError('overloaded', `more than ${this.#options.maxPending} items are waiting`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#pending.push({ item, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void> {
    if (this.#pending.length === 0 && this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    const { concurrency, gatherMs, paceMs, maxItems } = this.#options;
    if (this.#pending.length === 0 || this.#running >= concurrency || this.#scheduled === 'soon') return;
    const full = this.#pending.length >= maxItems;
    if (this.#scheduled !== 'no') {
      if (!full) return;
      clearTimeout(this.#scheduled);
    }
    const waitMs = full ? 0 : Math.max(gatherMs, paceMs === 0 ? 0 : this.#startedMs + paceMs - performance.now());
    if (waitMs < 1) {
      this.#scheduled = 'soon';
      setImmediate(this.#start);
    } else this.#scheduled = setTimeout(this.#start, waitMs);
  }

  #start = (): void => {
    this.#scheduled = 'no';
    void this.#runOne();
    this.#schedule();
  };

  async #runOne(): Promise<void> {
    const batch = this.#take();
    if (batch.length === 0) return;
    this.#running++;
    if (this.#options.paceMs > 0) this.#startedMs = performance.now();
    try {
      const results = await this.#options.run(batch.map(itemOf));
      if (results.length !== batch.length) throw new LongwireError('internal', 'a batch answered too few results');
      for (let index = 0; index < batch.length; index++) batch[index]!.resolve(results[index] as Result);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.#running--;
      this.#schedule();
      if (this.#pending.length === 0 && this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #take(): Waiting<Item, Result>[] {
    const { maxItems, maxWeight, weigh } = this.#options;
    let count = Math.min(maxItems, this.#pending.length);
    if (weigh) {
      let weight = 0;
      for (let index = 0; index < count; index++) {
        weight += weigh(this.#pending[index]!.item);
        if (weight > maxWeight && index > 0) {
          count = index;
          break;
        }
      }
    }
    return this.#pending.splice(0, count);
  }
}
