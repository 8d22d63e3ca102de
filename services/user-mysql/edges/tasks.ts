import { isBroadcast } from '../../common/protocol/task-ids.ts';
import { startOfDay } from '../core/days.ts';
import { type Step, steps } from '../core/implied-events.ts';
import { type SeenTask, type TaskKey, taskKey } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import { dayOfTask, noDay } from '../core/task-day.ts';
import type { Session, SqlValue } from '../database.ts';

/** A task whose events are counted in this transaction. */
export interface OpenTask extends TaskKey {
  /** Days since the epoch, UTC. */
  day: number;
  at: number;
  group: string | null;
  /** No step of it was counted on any device, so it has no rows of devices. */
  isUntouched: boolean;
  /** Its row has to be written, whatever is counted. */
  isChanged: boolean;
  /** On how many devices each step is new. */
  counts: Partial<Record<Step, number>>;
}

interface TaskRow extends TaskKey {
  at: number;
  group: string | null;
  targets: number | null;
  /** Of any later step; null: it was counted on none. */
  later: number | null;
}

const rowsAtOnce = 500;

/**
 * Looks up tasks that receipts tell of. Those of days whose events were dropped are passed over: nothing could tell what of
 * them was counted.
 *
 * @returns the others by their key, in order.
 */
export async function openTasks(session: Session, seen: SeenTask[], now: number): Promise<Map<string, OpenTask>> {
  const open = new Map<string, OpenTask>();
  if (seen.length === 0) return open;
  const floor = await eventFloor(session);
  for (const some of slices(seen, rowsAtOnce)) {
    const rows = await session.rows<TaskRow>(
      // All keys of the table begin with app_id: the optimizer would weigh 500 ranges of each, for a tenth of a second.
      `SELECT app_id AS app, task_id AS task, created_at AS at, group_name AS \`group\`, target_n AS targets,
         COALESCE(sent_n, arrived_n, shown_n, clicked_n, dismissed_n) AS later
       FROM task FORCE INDEX (PRIMARY) WHERE (app_id, task_id) IN (?)`,
      [some.map(({ app, task }) => [app, task])],
    );
    const known = new Map(rows.map((row) => [taskKey(row), row]));
    for (const one of some) {
      const { app, task, at: seenAt, group } = one;
      const key = taskKey(one);
      const before = known.get(key);
      const day = dayOfTask(task, before?.at ?? now);
      if (day !== noDay && day < floor) continue;
      // Devices say times of events as they like: a task isn't older than its day, nor younger than now.
      const at = Math.max(Math.min(seenAt, now), startOfDay(day));
      const isChanged = !before || at < before.at || (before.group === null && group !== null);
      open.set(key, { app, task, day, at, group, isUntouched: isUntouched(before), isChanged, counts: {} });
    }
  }
  return open;
}

/** The targets of a broadcast are counted without rows. */
function isUntouched(before: TaskRow | undefined): boolean {
  return !before || (before.later === null && (before.targets === null || isBroadcast(before.task)));
}

/** Makes the rows of new tasks, takes over an earlier time or a group that came later, and adds what was counted. */
export async function saveTasks(session: Session, tasks: ReadonlyMap<string, OpenTask>): Promise<void> {
  const changed = [...tasks.values()].filter(({ isChanged, counts }) => isChanged || Object.keys(counts).length > 0);
  for (const some of slices(changed, rowsAtOnce)) {
    // Only the counters of steps that any of them has: NULLs too are values that MySQL reads one by one.
    const counted = steps.filter((step) => some.some(({ counts }) => counts[step] !== undefined));
    const columns = ['app_id', 'task_id', 'created_at', 'group_name', ...counted.map((step) => `${step}_n`)];
    const addCounters = counted.map(
      (step) => `, ${step}_n = COALESCE(${step}_n + VALUES(${step}_n), VALUES(${step}_n), ${step}_n)`,
    );
    await session.run(
      `INSERT INTO task (${columns.join(', ')}) VALUES ?
       ON DUPLICATE KEY UPDATE created_at = LEAST(created_at, VALUES(created_at)),
         group_name = COALESCE(group_name, VALUES(group_name))${addCounters.join('')}`,
      [
        some.map(({ app, task, at, group, counts }) => {
          const row: SqlValue[] = [app, task, at, group];
          for (const step of counted) row.push(counts[step] ?? null);
          return row;
        }),
      ],
    );
  }
}

/** The first day whose events are kept. Locked until the transaction ends: it isn't raised, and nothing dropped, before that. */
async function eventFloor(session: Session): Promise<number> {
  const [row] = await session.rows<{ day: number }>('SELECT day FROM event_floor WHERE id = 1 LOCK IN SHARE MODE');
  return row?.day ?? noDay;
}
