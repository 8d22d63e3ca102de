import type { NewRecord } from '../../common/bus/bus.ts';
import { publishEach } from '../../common/bus/publish-each.ts';
import { partsOf } from '../../common/parts.ts';
import type { BroadcastReceipt, BroadcastRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { broadcastPartitions, receiptPartitions } from '../../common/protocol/topics.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { unstoredTtlMs } from '../api/lifetime.ts';

export interface BroadcastDeps {
  publish: (topic: string, records: NewRecord[]) => Promise<unknown>;
  topics: { broadcast: string; receipt: string };
  tasks: Pick<Client<UserMysqlCalls>, 'markStopped'>;
  stops: Pick<Client<UserRedisCalls>, 'stopTasks'>;
  now: () => number;
  /** Whether to leave off where a partition refuses; without it none is tried again. */
  stale?: () => boolean;
}

/** Characters of records in one publish: far below what the bus takes in at once. */
const maxPublishLength = 8 * 1024 * 1024;

/** Whether a task becomes one entry in its app's log. One at a speed doesn't: that bounds how many devices get it a second. */
export function isForLog({ audience, speed }: TaskRecord): boolean {
  return 'all' in audience && speed === undefined;
}

/**
 * Sends tasks to all devices of their apps: one record each, however many devices there are; how many that are is counted
 * with the receipts. Whoever does it twice makes the same records.
 *
 * @throws whatever `publish` or the calls throw: nothing may be sent then, or a part.
 */
export async function sendBroadcasts(deps: BroadcastDeps, tasks: TaskRecord[]): Promise<void> {
  if (tasks.length === 0) return;
  for (const task of tasks) await stopRecalled(deps, task);
  const records = tasks.map((task) => recordOf(task, deps.now()));
  const stale = deps.stale ?? (() => true);
  for (const part of partsOf(records, ({ value }) => value.length, maxPublishLength)) {
    await publishEach(deps.publish, deps.topics.broadcast, part, stale);
  }
  await publishEach(deps.publish, deps.topics.receipt, tasks.map(receiptOf), stale);
}

/** What a broadcast recalls is recalled for everybody, as if it were stopped. Single pushes are not kept, so they are not found. */
async function stopRecalled({ tasks, stops }: BroadcastDeps, { app, recalls }: TaskRecord): Promise<void> {
  if (recalls === undefined) return;
  const { task } = await tasks.markStopped({ app, task: recalls });
  if (task) await stops.stopTasks({ items: [{ task: task.task, until: task.exp }] });
}

function recordOf({ app, task, exp, stored, body }: TaskRecord, now: number): NewRecord {
  // What nobody waits for is of the moment, however long it took to come here.
  const until = stored ? exp : Math.min(exp, now + unstoredTtlMs);
  const record: BroadcastRecord = { id: `${task}/all`, app, task, exp: until, stored, body };
  return { partition: partitionOf(app, broadcastPartitions), key: app, value: JSON.stringify(record) };
}

function receiptOf({ app, task, at, group }: TaskRecord): NewRecord {
  const receipt: BroadcastReceipt = { kind: 'broadcast', app, task, at, ...(group === undefined ? {} : { group }) };
  return { partition: partitionOf(task, receiptPartitions), key: task, value: JSON.stringify(receipt) };
}
