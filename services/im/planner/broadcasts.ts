import type { NewRecord } from '../../common/bus/bus.ts';
import type { BroadcastReceipt, BroadcastRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { broadcastPartitions, receiptPartitions } from '../../common/protocol/topics.ts';
import { unstoredTtlMs } from '../api/lifetime.ts';

/** Whether a task becomes one entry in its app's log. One at a speed doesn't: that bounds how many devices get it a second. */
export function isForLog({ audience, speed }: TaskRecord): boolean {
  return 'all' in audience && speed === undefined;
}

/** The entry of a task in its app's log: one record, however many devices the app has. */
export function broadcastRecordOf({ app, task, exp, stored, body }: TaskRecord, now: number): NewRecord {
  // What nobody waits for is of the moment, however long it took to come here.
  const until = stored ? exp : Math.min(exp, now + unstoredTtlMs);
  const record: BroadcastRecord = { id: `${task}/all`, app, task, exp: until, stored, body };
  return { partition: partitionOf(app, broadcastPartitions), key: app, value: JSON.stringify(record) };
}

/** Has the devices of the app counted as its targets. */
export function broadcastReceiptOf({ app, task, at, group }: TaskRecord): NewRecord {
  const receipt: BroadcastReceipt = { kind: 'broadcast', app, task, at, ...(group === undefined ? {} : { group }) };
  return { partition: partitionOf(task, receiptPartitions), key: task, value: JSON.stringify(receipt) };
}
