import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../backoff.ts';
import { type LongwireError, toLongwireError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { nextRun } from '../ticks.ts';
import type { BusRecord, ConsumeOptions, Rest } from './bus.ts';
import { ContentFault, type Successes } from './content-fault.ts';
import { Uncommitted } from './uncommitted.ts';
import { lookEveryMs, type Unwanted } from './unwanted.ts';

/** What a partition's loop needs of its adapter. */
export interface PartitionSource {
  /** Where the group stands. */
  committed(): Promise<number>;
  /** Records from `offset` on; undefined when the wait was cancelled. */
  next(offset: number): Promise<BusRecord[] | undefined>;
  /** Records that were handed over and failed, once more: now, or when the adapter lets them; undefined when cancelled. */
  again(records: BusRecord[]): Promise<BusRecord[] | undefined>;
  /** Ends a `next` or `again` under way. */
  cancel(): void;
  /** Answers false once the partition is somebody else's. */
  commit(offset: number): Promise<boolean>;
  /** False when the partition may be somebody else's, as far as this process can tell. */
  held(): boolean;
  /** True when it may become somebody else's soon: what takes long should leave off. */
  leaving(): boolean;
  /** No handler runs now: it failed and waits, what comes is skipped, or a start is asked for. */
  resting(): void;
  /** Of a group that doesn't want everything. */
  unwanted?: Unwanted | undefined;
}

/**
 * The life of one partition at one consumer: ask where to start, then batch after batch, each committed after its effect.
 * A restart goes back to the beginning of that; an end finishes the batch in hand. A batch that fails by its content comes again in halves,
 * until the record at fault is alone and set aside.
 */
export class PartitionLoop {
  readonly partition: number;
  /** Resolves when nothing of this partition runs here any more. */
  readonly done: Promise<void>;
  #source: PartitionSource;
  #options: ConsumeOptions;
  #log: Logger;
  #ended = false;
  #restarting = false;
  #pause: AbortController | undefined;
  #workMs: number | undefined;
  /** Records handed over at once: fewer while the one at fault is looked for. */
  #most: number;
  #fault: ContentFault;
  #successes: Successes;
  #uncommitted = new Uncommitted((offset) => this.#commit(offset));

  /** @param successes shared by all loops of a consumer. */
  constructor(partition: number, source: PartitionSource, options: ConsumeOptions, successes: Successes, log: Logger) {
    this.partition = partition;
    this.#source = source;
    this.#options = options;
    this.#most = options.maxBatch;
    this.#successes = successes;
    this.#fault = new ContentFault(successes);
    this.#log = log.child({ topic: options.topic, group: options.group, partition });
    this.done = this.#run();
  }

  /** No further batch; what is in hand is finished, and committed if the partition is still this consumer's. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  restart(): void {
    this.#restarting = true;
    this.#wake();
  }

  /** When the handler that is at work began or last asked whether its batch is stale, ms since the epoch; undefined if none is. */
  get workMs(): number | undefined {
    return this.#ended ? undefined : this.#workMs;
  }

  get ended(): boolean {
    return this.#ended;
  }

  #wake(): void {
    this.#pause?.abort();
    this.#source.cancel();
  }

  #stale = (): boolean => {
    if (this.#workMs !== undefined) this.#workMs = Date.now();
    return this.#ended || !this.#source.held() || this.#source.leaving();
  };

  async #run(): Promise<void> {
    while (!this.#ended) {
      this.#restarting = false;
      let offset = await this.#start();
      while (offset !== undefined && !this.#ended && !this.#restarting) {
        const records = await this.#source.next(offset);
        if (!records) continue;
        // What was read ahead may be somebody else's by now.
        if (!this.#source.held()) {
          this.end();
          break;
        }
        if (this.#source.unwanted?.maySkip) {
          const next = await this.#skip(offset, this.#source.unwanted);
          if (next > offset || this.#ended || this.#restarting) {
            offset = next;
            continue;
          }
        }
        const handled = await this.#handle(records);
        if (handled === undefined || this.#restarting) break;
        this.#uncommitted.add(handled.next, handled.rest);
        if (!handled.rest || this.#uncommitted.full) await this.#uncommitted.committed();
        offset = handled.next;
      }
      await this.#uncommitted.committed();
      this.#source.resting();
    }
    try {
      this.#options.onStop?.(this.partition);
    } catch (error) {
      this.#log.error({ err: error }, 'onStop of a partition failed');
    }
  }

  /** Answers the offset to start from; undefined when the end or a restart came first. */
  async #start(): Promise<number | undefined> {
    for (let failures = 0; !this.#ended && !this.#restarting; failures++) {
      try {
        const committed = await this.#source.committed();
        return this.#options.onStart ? await this.#options.onStart(this.partition, committed) : committed;
      } catch (error) {
        await this.#failed('start', error, failures);
      }
    }
    return undefined;
  }

  /** Commits, unread, what nobody wants, as long as there is more of it. Answers the offset to go on from. */
  async #skip(offset: number, unwanted: Unwanted): Promise<number> {
    for (let next = offset; ; ) {
      const end = await unwanted.before(this.partition, next);
      if (end <= next || this.#ended || this.#restarting) return next;
      next = end;
      this.#source.cancel();
      this.#source.resting();
      this.#uncommitted.add(next, undefined);
      await this.#uncommitted.committed();
      if (this.#ended || this.#restarting) return next;
      this.#pause = new AbortController();
      await nextRun(lookEveryMs, this.#pause.signal);
      this.#pause = undefined;
    }
  }

  /**
   * Hands the same records over until they are handled, or the first of them where they fail by their content. Answers the offset to
   * go on from, and what is left of their work; undefined when the end or a restart came first.
   */
  async #handle(all: BusRecord[]): Promise<{ next: number; rest?: Rest | undefined } | undefined> {
    let records: BusRecord[] | undefined = all;
    for (let failures = 0; records; failures++) {
      const part: BusRecord[] = records.slice(0, this.#most);
      const { fault, rest } = await this.#attempt(part);
      if (!fault) {
        this.#successes.done();
        if (part.length < records.length || this.#most < this.#options.maxBatch) this.#fault.passed();
        else this.#fault.over();
        this.#most = Math.min(2 * this.#most, this.#options.maxBatch);
        return { next: part.at(-1)!.offset + 1, rest };
      }
      this.#source.resting();
      if (this.#fault.splits(fault, performance.now())) {
        if (part.length > 1) {
          this.#most = Math.ceil(part.length / 2);
          // A step of the search, not one more failure of the same.
          failures = 0;
        } else if (this.#fault.condemns(fault, performance.now()) && (await this.#setAside(part[0]!, fault))) {
          this.#fault.over();
          return { next: part[0]!.offset + 1 };
        }
      }
      await this.#failed('batch', fault, failures);
      records = this.#ended || this.#restarting ? undefined : await this.#source.again(records);
    }
    return undefined;
  }

  async #attempt(records: BusRecord[]): Promise<{ fault?: LongwireError; rest?: Rest | undefined }> {
    this.#workMs = Date.now();
    try {
      const rest = await this.#options.onBatch({ partition: this.partition, records, stale: this.#stale });
      return { rest: rest ?? undefined };
    } catch (error) {
      return { fault: toLongwireError(error) };
    } finally {
      this.#workMs = undefined;
    }
  }

  /** Answers false if the record could not be kept, or there is no place for it. */
  async #setAside(record: BusRecord, error: LongwireError): Promise<boolean> {
    const { topic, group, setAside } = this.#options;
    if (!setAside || !this.#source.held()) return false;
    try {
      await setAside({ topic, group, partition: this.partition, record, error });
      return true;
    } catch (failure) {
      this.#log.warn({ err: failure, offset: record.offset }, 'a record could not be set aside');
      return false;
    }
  }

  /** Pauses, the longer the more failures; the end or a restart ends the pause. */
  async #failed(what: string, error: unknown, failures: number): Promise<void> {
    if (this.#ended || this.#restarting) return;
    this.#log.warn({ err: error, what, failures: failures + 1 }, 'work on a partition failed, trying again');
    this.#pause = new AbortController();
    const pauseMs = 10 + backoffMs(failures, 50, 5_000);
    await sleep(pauseMs, undefined, { signal: this.#pause.signal }).catch(() => {});
    this.#pause = undefined;
  }

  /** Commits, however often it takes, as long as the partition is this consumer's; else this is the end. */
  async #commit(offset: number): Promise<void> {
    for (let failures = 0; this.#source.held(); failures++) {
      try {
        if (!(await this.#source.commit(offset))) this.end();
        return;
      } catch (error) {
        if (this.#restarting) return;
        this.#log.warn({ err: error, code: toLongwireError(error).code }, 'commit failed');
        await sleep(10 + backoffMs(failures, 20, 500));
      }
    }
    this.end();
  }
}
