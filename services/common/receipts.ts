import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import { Batcher } from './batcher.ts';
import type { Bus, NewRecord } from './bus/bus.ts';
import { LongwireError, toLongwireError } from './errors.ts';
import { receiptPartitions } from './protocol/topics.ts';
import { devicesOf, gathered, type KeptReceipt, type Open, type Receipt, recordOf } from './receipt-records.ts';

export type { KeptReceipt, Receipt } from './receipt-records.ts';

export interface ReceiptWriterOptions {
  topic: string;
  /** How long the first receipt of a record waits for company. */
  gatherMs: number;
  /** Receipts that wait at the most, one a device; one more is refused. */
  maxPending: number;
  /** Told of receipts that `keep` was given and that are lost. */
  onDropped?: (count: number) => void;
}

/** Receipts that were given together. */
interface Given {
  receipts: Receipt[];
  devices: number;
  keep: boolean;
}

/** Pause between tries while a partition is away. */
const retryMinMs = 50;
const retryMaxMs = 1_000;
/** Receipts that are gathered at the most, one a device. */
const maxFlush = 5_000;
/** Records of one publish of a partition at the most. */
const maxRecords = 500;

/**
 * Writes receipts to the bus in gathered records, in the order of each partition. While a partition is away it goes on trying that one
 * alone: what waits is bounded, and a record that was written twice counts once.
 */
export class ReceiptWriter {
  #options: ReceiptWriterOptions;
  #gather: Batcher<Given, undefined>;
  #lanes: Lane[];
  #pending = 0;
  #closed = new AbortController();

  constructor(bus: Pick<Bus, 'publish'>, options: ReceiptWriterOptions) {
    this.#options = options;
    const { topic, gatherMs } = options;
    this.#lanes = Array.from({ length: receiptPartitions }, () => new Lane(bus, topic, this.#closed.signal));
    this.#gather = new Batcher({
      maxItems: maxFlush,
      // The receipts in them are bounded.
      maxPending: Number.POSITIVE_INFINITY,
      weigh: ({ devices }) => devices,
      maxWeight: maxFlush,
      // Nothing is awaited here: the lanes keep the order, each of its partition.
      concurrency: Number.POSITIVE_INFINITY,
      gatherMs,
      // Promises, which whoever waits for the batch is given in place of its results.
      run: async (given) => this.#send(given) as unknown[] as undefined[],
    });
  }

  /**
   * Resolves once the bus has it.
   *
   * @throws LongwireError `overloaded` at the bound, `unavailable` if `close` came first.
   */
  async write(receipt: Receipt): Promise<void> {
    const { maxPending } = this.#options;
    const devices = devicesOf(receipt);
    if (!this.#hasRoom(devices)) {
      throw new LongwireError('overloaded', `more than ${maxPending} receipts are waiting`);
    }
    this.#pending += devices;
    await this.#gather.add({ receipts: [receipt], devices, keep: false });
  }

  /**
   * Resolves once the bus has them, or as soon as it has failed to take them: they wait here then, and are written when it is back. Those
   * over the bound, and those left at `close`, are lost and told of. Never rejects.
   */
  async keep(receipts: KeptReceipt[]): Promise<void> {
    const taken: Receipt[] = [];
    let sum = 0;
    for (const receipt of receipts) {
      const devices = devicesOf(receipt);
      if (!this.#hasRoom(devices)) {
        this.#options.onDropped?.(devices);
        continue;
      }
      this.#pending += devices;
      sum += devices;
      taken.push(receipt);
    }
    if (taken.length > 0) await this.#gather.add({ receipts: taken, devices: sum, keep: true });
  }

  #hasRoom(devices: number): boolean {
    return this.#pending + devices <= this.#options.maxPending;
  }

  /** Answers for each when it is written; for what is to be kept, when all of this is, or has failed to be. */
  #send(given: Given[]): Promise<unknown>[] {
    const { made, of } = gathered(given.flatMap(({ receipts }) => receipts));
    const written = made.map((open) => this.#sendOne(open));
    let kept: Promise<unknown> | undefined;
    if (given.some(({ keep }) => keep)) {
      kept = Promise.all(made.map(({ partition }, index) => this.#lanes[partition]!.unlessAway(written[index]!)));
      for (const [index, done] of written.entries()) done.catch(() => this.#lost(given, of, index));
    }
    let next = 0;
    return given.map(({ receipts, keep }) => {
      const first = of[next]!;
      next += receipts.length;
      return keep ? kept! : written[first]!;
    });
  }

  async #sendOne(open: Open): Promise<void> {
    try {
      await this.#lanes[open.partition]!.add(recordOf(open));
    } finally {
      this.#pending -= open.devices;
    }
  }

  /** Tells of what was to be kept of a record. */
  #lost(given: Given[], of: number[], record: number): void {
    let next = 0;
    let devices = 0;
    for (const { receipts, keep } of given) {
      for (const receipt of receipts) if (of[next++] === record && keep) devices += devicesOf(receipt);
    }
    if (devices > 0) this.#options.onDropped?.(devices);
  }

  async drained(): Promise<void> {
    await this.#gather.drained();
    await Promise.all(this.#lanes.map((lane) => lane.drained()));
  }

  /** Gives up what the bus has not taken. */
  close(): void {
    this.#closed.abort();
  }
}

/** The records of one partition, one publish after another, each repeated until it is taken. */
class Lane {
  #bus: Pick<Bus, 'publish'>;
  #topic: string;
  #closed: AbortSignal;
  #batcher: Batcher<NewRecord, undefined>;
  #away = false;
  #waiting = new Set<() => void>();

  constructor(bus: Pick<Bus, 'publish'>, topic: string, closed: AbortSignal) {
    this.#bus = bus;
    this.#topic = topic;
    this.#closed = closed;
    this.#batcher = new Batcher({
      maxItems: maxRecords,
      // The receipts in them are bounded.
      maxPending: Number.POSITIVE_INFINITY,
      run: async (records) => {
        await this.#publish(records);
        return records.map(() => undefined);
      },
    });
  }

  async add(record: NewRecord): Promise<void> {
    await this.#batcher.add(record);
  }

  drained(): Promise<void> {
    return this.#batcher.drained();
  }

  /** Resolves when this is written here or lost, or at once while the partition is away. */
  async unlessAway(written: Promise<unknown>): Promise<void> {
    if (this.#away) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      const done = (): void => {
        this.#waiting.delete(resolve);
        resolve();
      };
      written.then(done, done);
    });
  }

  async #publish(records: NewRecord[]): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await this.#bus.publish(this.#topic, records);
        this.#away = false;
        return;
      } catch (error) {
        if (this.#closed.aborted || !toLongwireError(error).retryable) throw error;
        this.#away = true;
        for (const resolve of this.#waiting) resolve();
        this.#waiting.clear();
        const waitMs = retryMinMs + backoffMs(failures, retryMinMs, retryMaxMs);
        await sleep(waitMs, undefined, { signal: this.#closed }).catch(() => {});
      }
    }
  }
}
