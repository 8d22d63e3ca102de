import type { NewRecord } from './bus/bus.ts';
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
      storedAt?: number | undefined;
      cids: string[];
      group?: string | undefined;
    }
  | { kind: 'login'; app: string; cid: string; at: number };

/** One that may wait for the bus in memory, and be lost. */
export type KeptReceipt = Exclude<Receipt, { kind: 'login' }>;

/** Gathers receipts into as few records as they fit, those of one task in one partition. */
export function receiptRecords(receipts: Receipt[]): NewRecord[] {
  return gathered(receipts).made.map(recordOf);
}

type OfTask = EventsReceipt['tasks'][number];

/** A record that takes more: events of one kind, of one app and partition, or logins of one app. */
export interface Open {
  partition: number;
  key: string;
  record: LoginReceipt | ChannelReceipt | Pick<EventsReceipt, 'app' | 'event'>;
  /** Of an event, by task; of a task, what was stored apart from what was not. */
  tasks: Map<string, OfTask>;
  devices: number;
}

/** @returns the records, and for each receipt the one that it is in. */
export function gathered(receipts: Receipt[]): { made: Open[]; of: number[] } {
  const open = new Map<string, number>();
  const made: Open[] = [];
  /** Of each task, the record that has its latest event. */
  const latest = new Map<string, number>();
  const of: number[] = [];
  for (const receipt of receipts) {
    const key = receipt.kind === 'login' ? receipt.cid : receipt.task;
    const partition = partitionOf(key, receiptPartitions);
    const name = nameOf(receipt, partition);
    const devices = devicesOf(receipt);
    let index = open.get(name);
    // Events of a task stay in their order: none goes into a record before that of an earlier one.
    if (index === undefined || index < (latest.get(key) ?? 0) || made[index]!.devices + devices > maxReceiptDevices) {
      index = made.push({ partition, key, record: emptyRecord(receipt), tasks: new Map(), devices: 0 }) - 1;
      open.set(name, index);
    }
    latest.set(key, index);
    const into = made[index]!;
    add(into, receipt);
    into.devices += devices;
    of.push(index);
  }
  return { made, of };
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
  const { task, storedAt, cids } = receipt;
  const name = storedAt === undefined ? task : `${task} stored`;
  const ofTask = tasks.get(name);
  // The times of what was gathered are those of the first.
  if (ofTask) ofTask.cids.push(...cids);
  else tasks.set(name, taskOf(receipt));
}

function taskOf({ task, at, storedAt, cids, group }: Extract<Receipt, { kind: 'event' }>): OfTask {
  const ofTask: OfTask = { task, at, cids: [...cids] };
  if (storedAt !== undefined) ofTask.storedAt = storedAt;
  if (group !== undefined) ofTask.group = group;
  return ofTask;
}

export function devicesOf(receipt: Receipt): number {
  return receipt.kind === 'login' ? 1 : receipt.cids.length;
}

export function recordOf(open: Open): NewRecord {
  return { partition: open.partition, key: open.key, value: JSON.stringify(closed(open)) };
}

function closed({ record, tasks }: Open): LoginReceipt | ChannelReceipt | EventReceipt | EventsReceipt {
  if ('kind' in record) return record;
  const [first, ...others] = tasks.values();
  if (others.length === 0) return { kind: 'event', ...record, ...first! };
  return { kind: 'events', ...record, tasks: [first!, ...others] };
}
