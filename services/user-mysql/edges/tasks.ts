import { startOfDay } from '../core/days.ts';
import type { SeenTask } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import { dayOfTask, noDay } from '../core/task-day.ts';
import type { Session } from '../database.ts';

interface TaskRow {
  app: string;
  task: string;
  at: number;
  group: string | null;
}

const rowsAtOnce = 500;

export function taskKey({ app, task }: { app: string; task: string }): string {
  return `${app}\n${task}`;
}

/**
 * Makes the rows of tasks seen for the first time; an earlier time or a group that comes later is taken over. Tasks of days
 * whose events were dropped are passed over: nothing could tell what of them was counted.
 *
 * @returns the day of each task that is not passed over, by its key.
 */
export async function noteTasks(session: Session, tasks: SeenTask[], now: number): Promise<Map<string, number>> {
  const days = new Map<string, number>();
  if (tasks.length === 0) return days;
  const floor = await eventFloor(session);
  for (const some of slices(tasks, rowsAtOnce)) {
    const rows = await session.rows<TaskRow>(
      // All keys of the table begin with app_id: the optimizer would weigh 500 ranges of each, for a tenth of a second.
      `SELECT app_id AS app, task_id AS task, created_at AS at, group_name AS \`group\`
       FROM task FORCE INDEX (PRIMARY) WHERE (app_id, task_id) IN (?)`,
      [some.map(({ app, task }) => [app, task])],
    );
    const known = new Map(rows.map((row) => [taskKey(row), row]));
    const changed: TaskRow[] = [];
    for (const seen of some) {
      const before = known.get(taskKey(seen));
      const day = dayOfTask(seen.task, before?.at ?? now);
      if (day !== noDay && day < floor) continue;
      days.set(taskKey(seen), day);
      // Devices say times of events as they like: a task isn't older than its day, nor younger than now.
      const at = Math.max(Math.min(seen.at, now), startOfDay(day));
      if (!before || at < before.at || (before.group === null && seen.group !== null)) changed.push({ ...seen, at });
    }
    if (changed.length === 0) continue;
    await session.run(
      `INSERT INTO task (app_id, task_id, created_at, group_name) VALUES ? ON DUPLICATE KEY UPDATE
         created_at = LEAST(created_at, VALUES(created_at)), group_name = COALESCE(group_name, VALUES(group_name))`,
      [changed.map(({ app, task, at, group }) => [app, task, at, group])],
    );
  }
  return days;
}

/** The first day whose events are kept. Locked until the transaction ends: it isn't raised, and nothing dropped, before that. */
async function eventFloor(session: Session): Promise<number> {
  const [row] = await session.rows<{ day: number }>('SELECT day FROM event_floor WHERE id = 1 LOCK IN SHARE MODE');
  return row?.day ?? noDay;
}
