import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import { Batcher } from './batcher.ts';
import type { Bus, NewRecord } from './bus/bus.ts';
import { LongwireError, toLongwireError } from './errors.ts';
import {
  type ChannelReceipt,
  type EventReceipt,
  type EventsReceipt,
  type LoginReceipt,
  maxReceiptDevices,
  type ReceiptEvent,
} from './protocol/bus-records.ts';
import { partitionOf } from './protocol/positions.ts';
import { receiptPartitions } from './protocol/topics.ts';

/** One thing that happened: an event of a task, or what came of it by a channel, on `maxReceiptDevices` at the most, or a login. */
export type Receipt =
  | ChannelReceipt
  | {
      kind: 'event';
      app: string;
      task: string;
      event: ReceiptEvent;
      at: number;
      cids: string[];
      group?: string | undefined;
    }
  | { kind: 'login'; app: string; cid: string; at: number };

/** Gathers receipts into as few records as they fit, those of one task in one partition. */
export function receiptRecords(receipts: Receipt[]): NewRecord[] {
  return gathered(receipts).records;
}

/** A record that takes more: events of one kind, of one app and partition, or logins of one app. */
interface Open {
  partition: number;
  key: string;
  record: LoginReceipt | ChannelReceipt | Pick<EventsReceipt, 'app' | 'event'>;
  /** Of an event, by task. */
  tasks: Map<string, EventsReceipt['tasks'][number]>;
  devices: number;
}

/** @returns the records, and for each receipt the one that it is in. */
function gathered(receipts: Receipt[]): { records: NewRecord[]; of: number[] } {
  const open = new Map<string, number>();
  const made: Open[] = [];
  /** Of each task, the record that has its latest event. */
  const latest = new Map<string, number>();
  const of = receipts.map((receipt) => {
    const key = receipt.kind === 'login' ? receipt.cid : receipt.task;
    const partition = partitionOf(key, receiptPartitions);
    const name = nameOf(receipt, partition);
    let index = open.get(name);
    const devices = devicesOf(receipt);
    // Events of a task stay in their order: none goes into a record before that of an earlier one.
    const fits =
      index !== undefined && index >= (latest.get(key) ?? 0) && made[index]!.devices + devices <= maxReceiptDevices;
    if (index === undefined || !fits) {
      const record = emptyRecord(receipt);
      index = made.push({ partition, key, record, tasks: new Map(), devices: 0 }) - 1;
      open.set(name, index);
    }
    latest.set(key, index);
    const into = made[index]!;
    add(into, receipt);
    into.devices += devices;
    return index;
  });
  const records = made.map((one) => ({ partition: one.partition, key: one.key, value: JSON.stringify(closed(one)) }));
  return { records, of };
}

/** Receipts that may share a record have one name. */
function nameOf(receipt: Receipt, partition: number): string {
  switch (receipt.kind) {
    case 'login':
      return receipt.app;
    case 'event':
      return `${receipt.app} ${receipt.event} ${partition}`;
    case 'channel':
      return `${receipt.app} ${receipt.task} ${receipt.channel} ${receipt.result}`;
  }
}

function emptyRecord(receipt: Receipt): Open['record'] {
  switch (receipt.kind) {
    case 'login':
      return { kind: 'login', app: receipt.app, logins: [] };
    case 'event':
      return { app: receipt.app, event: receipt.event };
    case 'channel':
      return { ...receipt, cids: [] };
  }
}

function add({ record, tasks }: Open, receipt: Receipt): void {
  if (receipt.kind === 'channel') {
    (record as ChannelReceipt).cids.push(...receipt.cids);
    return;
  }
  if (receipt.kind === 'login') {
    (record as LoginReceipt).logins.push({ cid: receipt.cid, at: receipt.at });
    return;
  }
  const { task, at, cids, group } = receipt;
  const ofTask = tasks.get(task);
  if (ofTask) ofTask.cids.push(...cids);
  else tasks.set(task, { task, at, cids: [...cids], ...(group === undefined ? {} : { group }) });
}

function devicesOf(receipt: Receipt): number {
  return receipt.kind === 'login' ? 1 : receipt.cids.length;
}

function closed({ record, tasks }: Open): LoginReceipt | ChannelReceipt | EventReceipt | EventsReceipt {
  if ('kind' in record) return record;
  const [first, ...others] = tasks.values();
  if (others.length === 0) return { kind: 'event', ...record, ...first! };
  return { kind: 'events', ...record, tasks: [first!, ...others] };
}

export interface ReceiptWriterOptions {
  topic: string;
  /** How long the first receipt of a record waits for company. */
  gatherMs: number;
  /** Receipts that wait at the most, one a device; one more is refused. */
  maxPending: number;
  /** Told of receipts that `keep` was given and that are lost. */
  onDropped?: (count: number) => void;
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
  #gather: Batcher<Receipt, undefined>;
  #lanes: Lane[];
  #pending = 0;
  #closed = new AbortController();

  constructor(bus: Pick<Bus, 'publish'>, options: ReceiptWriterOptions) {
    this.#options = options;
    const { topic, gatherMs, maxPending } = options;
    this.#lanes = Array.from({ length: receiptPartitions }, () => new Lane(bus, topic, this.#closed.signal));
    this.#gather = new Batcher({
      maxItems: maxFlush,
      maxPending,
      weigh: devicesOf,
      maxWeight: maxFlush,
      // Nothing is awaited here: the lanes keep the order, each of its partition.
      concurrency: Number.POSITIVE_INFINITY,
      gatherMs,
      run: async (receipts) => {
        const { records, of } = gathered(receipts);
        const written = records.map((record) => this.#lanes[record.partition]!.add(record));
        return of.map((index) => written[index]! as unknown as undefined);
      },
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
    if (this.#pending + devices > maxPending) {
      throw new LongwireError('overloaded', `more than ${maxPending} receipts are waiting`);
    }
    this.#pending += devices;
    try {
      await this.#gather.add(receipt);
    } finally {
      this.#pending -= devices;
    }
  }

  /**
   * Resolves once the bus has them, or as soon as it has failed to take them: they wait here then, and are written when it is back. Those
   * over the bound, and those left at `close`, are lost and told of. Never rejects.
   */
  async keep(receipts: Exclude<Receipt, { kind: 'login' }>[]): Promise<void> {
    const perLane = new Map<Lane, Promise<void>[]>();
    for (const receipt of receipts) {
      const lane = this.#lanes[partitionOf(receipt.task, receiptPartitions)]!;
      const written = this.write(receipt).catch(() => this.#options.onDropped?.(receipt.cids.length));
      const known = perLane.get(lane);
      if (known) known.push(written);
      else perLane.set(lane, [written]);
    }
    await Promise.all([...perLane].map(([lane, written]) => lane.unlessAway(Promise.all(written))));
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

  /** Resolves with what is written here, or at once while the partition is away. */
  async unlessAway(written: Promise<unknown>): Promise<void> {
    if (this.#away) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      void written.then(() => {
        this.#waiting.delete(resolve);
        resolve();
      });
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
