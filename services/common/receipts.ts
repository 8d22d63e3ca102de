import { Batcher } from './batcher.ts';
import type { Bus, NewRecord } from './bus/bus.ts';
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

/** Writes receipts to the bus in gathered records. */
export class ReceiptWriter {
  #batcher: Batcher<Receipt, undefined>;

  constructor(bus: Pick<Bus, 'publish'>, options: ReceiptWriterOptions) {
    this.#batcher = new Batcher({
      maxItems: 5_000,
      maxPending: options.maxPending,
      gatherMs: options.gatherMs,
      run: async (receipts) => {
        await bus.publish(options.topic, receiptRecords(receipts));
        return receipts.map(() => undefined);
      },
    });
  }

  /**
   * Resolves once the bus has it.
   *
   * @throws LongwireError `overloaded` at the bound, or what the bus said.
   */
  write(receipt: Receipt): Promise<void> {
    return this.#batcher.add(receipt);
  }

  drained(): Promise<void> {
    return this.#batcher.drained();
  }
}
