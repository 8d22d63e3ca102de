import { steps } from '../core/implied-events.ts';
import { type Delivery, mergeReceipts, type TaskKey, taskKey } from '../core/merge-receipts.ts';
import type { ReadRecord } from '../core/read-receipts.ts';
import type { Database, Session } from '../database.ts';
import type { Applied, EventCounts, ReceiptStore } from '../receipts.ts';
import { addToDays } from './app-days.ts';
import { noteBroadcasts } from './broadcasts.ts';
import { noteChannelResults } from './channel-results.ts';
import { noteCustomEvents } from './custom-events.ts';
import { noteDeliveries } from './deliveries.ts';
import { noteLogins } from './logins.ts';
import { type OpenTask, openTasks, saveTasks } from './tasks.ts';

export interface ReceiptSource {
  group: string;
  topic: string;
}

/**
 * Receipts in MySQL. What they say and how far the bus was read change in one transaction, behind the lock of the
 * partition's row: whoever comes second, with the same records, finds them done.
 */
export function createReceiptStore(
  database: Database,
  { group, topic }: ReceiptSource,
  now: () => number = Date.now,
): ReceiptStore {
  const key = (partition: number): [string, string, number] => [group, topic, partition];

  async function lockedOffset(session: Session, partition: number): Promise<number> {
    const read = async (): Promise<number | undefined> => {
      const [row] = await session.rows<{ next: number }>(
        `SELECT next_offset AS next FROM consumer_offset
         WHERE grp = ? AND topic = ? AND partition_no = ? FOR UPDATE`,
        key(partition),
      );
      return row?.next;
    };
    const next = await read();
    if (next !== undefined) return next;
    // A row that is not there can't be locked. 0 lets any record through.
    await session.run(
      `INSERT INTO consumer_offset (grp, topic, partition_no, next_offset) VALUES (?, ?, ?, 0)
       ON DUPLICATE KEY UPDATE next_offset = next_offset`,
      key(partition),
    );
    return (await read()) ?? 0;
  }

  const setOffset = (session: Session, partition: number, next: number): Promise<void> =>
    session.run('UPDATE consumer_offset SET next_offset = ? WHERE grp = ? AND topic = ? AND partition_no = ?', [
      next,
      ...key(partition),
    ]);

  return {
    async nextOffset(partition) {
      const [row] = await database.rows<{ next: number }>(
        'SELECT next_offset AS next FROM consumer_offset WHERE grp = ? AND topic = ? AND partition_no = ?',
        key(partition),
      );
      return row?.next;
    },

    reset: (partition, next) =>
      database.transaction(async (session) => {
        await lockedOffset(session, partition);
        await setOffset(session, partition, next);
      }),

    apply: (partition, records) =>
      database.transaction(async (session): Promise<Applied> => {
        const next = await lockedOffset(session, partition);
        const fresh = records.filter(({ offset }) => offset >= next);
        const last = fresh.at(-1);
        if (last === undefined) return { fresh: 0, counted: {}, late: 0 };
        const done = await applyReceipts(session, fresh, now());
        await setOffset(session, partition, last.offset + 1);
        return { fresh: fresh.length, ...done };
      }),
  };
}

async function applyReceipts(
  session: Session,
  records: ReadRecord[],
  now: number,
): Promise<Pick<Applied, 'counted' | 'late'>> {
  const { logins, tasks, deliveries, customs, channels, broadcasts } = mergeReceipts(
    records.flatMap(({ receipt }) => (receipt ? [receipt] : [])),
  );
  const activeDays = await noteLogins(session, logins);
  const open = await openTasks(session, tasks, now);
  await noteDeliveries(session, deliveries, open);
  const custom = await noteCustomEvents(session, customs, open);
  await noteChannelResults(session, channels, open);
  await saveTasks(session, open);
  await noteBroadcasts(session, broadcasts);
  await addToDays(session, activeDays);
  // All are of the tasks that were looked up: none is late unless one was passed over.
  const late = open.size === tasks.length ? 0 : lateOf(deliveries, [...customs, ...channels], open);
  return { counted: countedOf(open, custom), late };
}

function countedOf(open: ReadonlyMap<string, OpenTask>, custom: number): EventCounts {
  const counted: EventCounts = custom > 0 ? { custom } : {};
  for (const { counts } of open.values()) {
    for (const step of steps) {
      const more = counts[step];
      if (more !== undefined) counted[step] = (counted[step] ?? 0) + more;
    }
  }
  return counted;
}

/** Events of tasks that were passed over. */
function lateOf(deliveries: Delivery[], singles: TaskKey[], open: ReadonlyMap<string, OpenTask>): number {
  const isLate = (key: TaskKey): boolean => !open.has(taskKey(key));
  const ofDevices = deliveries.filter(isLate).reduce((sum, { at }) => sum + Object.keys(at).length, 0);
  return ofDevices + singles.filter(isLate).length;
}
