import { type DayPartition, planPartitions } from '../core/day-partitions.ts';
import { dayOf } from '../core/days.ts';
import type { Database, Session } from '../database.ts';

export interface EventRetention {
  now: () => number;
  /** Days for which events are kept. */
  detailDays: number;
}

/** Names of partitions, those of each table apart: `delivery.p20270101`. */
export interface PartitionsChanged {
  dropped: string[];
  added: string[];
}

/** Tables of what happened on devices, each with a partition a day. */
const tables = ['delivery', 'custom_event', 'channel_result'];

/** How long a change waits for transactions that rely on what it changes; others queue up behind it meanwhile. */
const lockWaitS = 5;
/** A partition that has rows is copied to be cut. */
const alterMs = 600_000;

/**
 * Drops the partitions of events that are kept no more, and makes those of the next days. Each step may be cut short and
 * done again.
 *
 * @throws LongwireError `overloaded` where a transaction holds the table for too long.
 */
export async function keepPartitions(
  database: Database,
  { now, detailDays }: EventRetention,
): Promise<PartitionsChanged> {
  const today = dayOf(now());
  return database.session(async (session) => {
    await session.run(`SET SESSION lock_wait_timeout = ${lockWaitS}, innodb_lock_wait_timeout = ${lockWaitS}`);
    const floor = await raiseFloor(session, today - detailDays);
    const changed: PartitionsChanged = { dropped: [], added: [] };
    for (const table of tables) {
      const { drop, add } = planPartitions(await partitionsOf(session, table), today, floor);
      if (drop.length > 0) await session.run(`ALTER TABLE ${table} DROP PARTITION ${drop.join(', ')}`);
      if (add.length > 0) {
        const days = add.map(({ name, below }) => `PARTITION ${name} VALUES LESS THAN (${below})`);
        await session.run(
          `ALTER TABLE ${table} REORGANIZE PARTITION p_next INTO (${days.join(', ')},
             PARTITION p_next VALUES LESS THAN MAXVALUE)`,
        );
      }
      changed.dropped.push(...drop.map((name) => `${table}.${name}`));
      changed.added.push(...add.map(({ name }) => `${table}.${name}`));
    }
    return changed;
  }, alterMs);
}

/**
 * Waits for the transactions that rely on the floor that was; those that come find the new one before the rows are gone.
 *
 * @returns the floor as it is: never less than before, whatever the clock and the configuration say.
 */
async function raiseFloor(session: Session, day: number): Promise<number> {
  const [floor] = await session.rows<{ day: number }>('SELECT day FROM event_floor WHERE id = 1');
  if (floor && floor.day >= day) return floor.day;
  await session.run(
    'INSERT INTO event_floor (id, day) VALUES (1, ?) ON DUPLICATE KEY UPDATE day = GREATEST(day, VALUES(day))',
    [day],
  );
  return day;
}

async function partitionsOf(session: Session, table: string): Promise<DayPartition[]> {
  const rows = await session.rows<{ name: string; below: string }>(
    `SELECT partition_name AS name, partition_description AS below FROM information_schema.partitions
     WHERE table_schema = DATABASE() AND table_name = ? ORDER BY partition_ordinal_position`,
    [table],
  );
  return rows.map(({ name, below }) => ({ name, below: below === 'MAXVALUE' ? null : Number(below) }));
}
