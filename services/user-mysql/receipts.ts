import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Bus, ConsumeOptions } from '../common/bus/bus.ts';
import { LongwireError } from '../common/errors.ts';
import type { Logger } from '../common/log.ts';
import { receiptPartitions } from '../common/protocol/topics.ts';
import type { Step } from './core/implied-events.ts';
import { type ReadRecord, readReceipt, runsOf } from './core/read-receipts.ts';

/** How many events of each kind. */
export type EventCounts = Partial<Record<Step | 'custom', number>>;

export interface Applied {
  /** How many of the records had not been applied before. */
  fresh: number;
  /** Events that were counted now, by their kind. */
  counted: EventCounts;
  /** Events of days that are kept no more, which were passed over. */
  late: number;
}

/** What this consumer needs of the database. */
export interface ReceiptStore {
  /** Offset of the first record of the partition that is not applied; undefined if none ever was. */
  nextOffset(partition: number): Promise<number | undefined>;
  reset(partition: number, next: number): Promise<void>;
  /** Applies records of one partition, in order, all or none; those applied before are passed over. */
  apply(partition: number, records: ReadRecord[]): Promise<Applied>;
}

/** Told of what was done, for metrics. */
export interface ReceiptObserver {
  records(outcome: 'applied' | 'repeated' | 'unreadable', count: number): void;
  counted(events: EventCounts): void;
  late(events: number): void;
  transaction(seconds: number): void;
}

export interface ReceiptOptions {
  topic: string;
  group: string;
  /** Records taken from the bus at once, at the most. */
  maxBatch: number;
  /** Time from one batch of a partition to the next, ms: what comes meanwhile shares a transaction. */
  gatherMs: number;
}

/** Reads of the topic needn't be more frequent: each partition's batches are seconds apart. */
const paceMs = 200;
/** Rows of one transaction at the most: it holds its locks for a fraction of a second. */
const maxRows = 5_000;

/** What the bus is told to do with receipts: from where MySQL has them, each run of them in one transaction. */
export function receiptConsumer(
  bus: Pick<Bus, 'ranges'>,
  store: ReceiptStore,
  observer: ReceiptObserver,
  options: ReceiptOptions & Pick<ConsumeOptions, 'setAside'>,
  log: Logger,
): ConsumeOptions {
  const { topic, group, maxBatch, gatherMs, setAside } = options;

  /** MySQL knows best what it has; the bus' own mark may be ahead of it or behind. */
  async function onStart(partition: number, committed: number): Promise<number> {
    const next = await store.nextOffset(partition);
    const range = (await bus.ranges(options.topic)).find((one) => one.partition === partition);
    const begin = range?.begin ?? 0;
    if (next === undefined || range === undefined) return Math.max(next ?? committed, begin);
    if (next <= range.end) return Math.max(next, begin);
    // The topic was made anew, as no offset that was read lies beyond its end. Counting again what it holds counts
    // nothing twice: events are told apart by what they are.
    log.warn({ partition, next, end: range.end }, 'bus is behind what was applied: reading it from its beginning');
    await store.reset(partition, begin);
    return begin;
  }

  async function onBatch({ partition, records, stale }: Batch): Promise<void> {
    const read = records.map(readReceipt);
    for (const run of runsOf(read, maxRows)) {
      // To resolve would commit what is left; it has to come again, to whoever has the partition now.
      if (stale()) throw new LongwireError('unavailable', 'the partition was given up');
      const startMs = performance.now();
      const { fresh, counted, late } = await store.apply(partition, run);
      observer.transaction((performance.now() - startMs) / 1_000);
      const unreadable = run.slice(run.length - fresh).filter(({ receipt }) => receipt === undefined);
      observer.records('applied', fresh - unreadable.length);
      observer.records('repeated', run.length - fresh);
      observer.records('unreadable', unreadable.length);
      observer.counted(counted);
      observer.late(late);
      if (unreadable.length > 0) {
        const { offset } = unreadable[0]!;
        log.warn({ partition, offset, count: unreadable.length }, 'receipts that cannot be read were passed over');
      }
    }
    if (gatherMs > 0 && records.length < maxBatch) await sleep(untilTurnMs(partition, gatherMs, performance.now()));
  }

  return {
    topic,
    group,
    maxBatch,
    paceMs: Math.min(paceMs, gatherMs),
    onStart,
    onBatch,
    ...(setAside ? { setAside } : {}),
  };
}

/** Until a partition is read again: each has its own place in the time, so that the database doesn't get all of them at once. */
export function untilTurnMs(partition: number, gatherMs: number, nowMs: number): number {
  const place = (partition / receiptPartitions) * gatherMs;
  return gatherMs - ((((nowMs - place) % gatherMs) + gatherMs) % gatherMs);
}
