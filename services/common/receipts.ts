import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import { Batcher } from './batcher.ts';
import type { Bus, NewRecord } from './bus/bus.ts';
import { toLongwireError } from './errors.ts';
import type { EventReceipt, LoginReceipt, ReceiptEvent } from './protocol/bus-records.ts';
import { partitionOf } from './protocol/positions.ts';
import { receiptPartitions } from './protocol/topics.ts';

/** One thing that happened to one device. */
export type Receipt =
  | {
      kind: 'event';
      app: string;
      task: string;
      event: ReceiptEvent;
      at: number;
      cid: string;
      group?: string | undefined;
    }
  | { kind: 'login'; app: string; cid: string; at: number };

/** Devices in one record at the most. */
const maxDevices = 1_000;

/** Gathers receipts into as few records as they fit, those of one task in one partition. */
export function receiptRecords(receipts: Receipt[]): NewRecord[] {
  const open = new Map<string, EventReceipt | LoginReceipt>();
  const full: (EventReceipt | LoginReceipt)[] = [];
  for (const receipt of receipts) {
    const key = receipt.kind === 'event' ? `${receipt.app} ${receipt.task} ${receipt.event}` : receipt.app;
    let record = open.get(key);
    if (!record) {
      record = emptyRecord(receipt);
      open.set(key, record);
    }
    if (record.kind === 'event') record.cids.push(receipt.cid);
    else record.logins.push({ cid: receipt.cid, at: receipt.at });
    if ((record.kind === 'event' ? record.cids : record.logins).length >= maxDevices) {
      open.delete(key);
      full.push(record);
    }
  }
  return [...full, ...open.values()].map((record) => {
    const key = record.kind === 'event' ? record.task : record.logins[0]!.cid;
    return { partition: partitionOf(key, receiptPartitions), key, value: JSON.stringify(record) };
  });
}

function emptyRecord(receipt: Receipt): EventReceipt | LoginReceipt {
  if (receipt.kind === 'login') return { kind: 'login', app: receipt.app, logins: [] };
  const { app, task, event, at, group } = receipt;
  return { kind: 'event', app, task, event, at, cids: [], ...(group === undefined ? {} : { group }) };
}

export interface ReceiptWriterOptions {
  topic: string;
  /** How long the first receipt of a record waits for company. */
  gatherMs: number;
  /** Receipts that wait at the most; one more is refused. */
  maxPending: number;
}

/** Pause between tries while the bus is away. */
const retryMinMs = 50;
const retryMaxMs = 1_000;

/**
 * Writes receipts to the bus in gathered records, in their order. While the bus is away it goes on trying: what waits is
 * bounded, and a record that was written twice counts once.
 */
export class ReceiptWriter {
  #bus: Pick<Bus, 'publish'>;
  #topic: string;
  #batcher: Batcher<Receipt, undefined>;
  #closed = new AbortController();

  constructor(bus: Pick<Bus, 'publish'>, options: ReceiptWriterOptions) {
    this.#bus = bus;
    this.#topic = options.topic;
    this.#batcher = new Batcher({
      maxItems: 5_000,
      maxPending: options.maxPending,
      gatherMs: options.gatherMs,
      run: async (receipts) => {
        await this.#publish(receiptRecords(receipts));
        return receipts.map(() => undefined);
      },
    });
  }

  /**
   * Resolves once the bus has it.
   *
   * @throws LongwireError `overloaded` at the bound, `unavailable` if `close` came first.
   */
  write(receipt: Receipt): Promise<void> {
    return this.#batcher.add(receipt);
  }

  drained(): Promise<void> {
    return this.#batcher.drained();
  }

  /** Gives up what the bus has not taken. */
  close(): void {
    this.#closed.abort();
  }

  async #publish(records: NewRecord[]): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await this.#bus.publish(this.#topic, records);
        return;
      } catch (error) {
        if (this.#closed.signal.aborted || !toLongwireError(error).retryable) throw error;
        const waitMs = retryMinMs + backoffMs(failures, retryMinMs, retryMaxMs);
        await sleep(waitMs, undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
  }
}
