import { type CustomEvent, eventKey, taskKey } from '../core/merge-receipts.ts';
import { inKeyOrder, slices } from '../core/order.ts';
import type { Session } from '../database.ts';
import type { OpenTask } from './tasks.ts';

const rowsAtOnce = 500;

/**
 * Notes the custom events that are new and adds their number to the tasks' figures.
 *
 * @param events distinct and sorted.
 * @param tasks those that are open, by key; events of others are passed over.
 * @returns how many were new.
 */
export async function noteCustomEvents(
  session: Session,
  events: CustomEvent[],
  tasks: ReadonlyMap<string, OpenTask>,
): Promise<number> {
  const ofOpen = events.filter((event) => tasks.has(taskKey(event)));
  const fresh: CustomEvent[] = [];
  for (const [day, ofDay] of Map.groupBy(ofOpen, (event) => tasks.get(taskKey(event))!.day)) {
    for (const some of slices(ofDay, rowsAtOnce)) {
      // The day by itself, so that only its partition is read.
      const known = await session.rows<Omit<CustomEvent, 'at'>>(
        `SELECT app_id AS app, task_id AS task, cid, event FROM custom_event
         WHERE day = ? AND (app_id, task_id, cid, event) IN (?)`,
        [day, some.map(({ app, task, cid, event }) => [app, task, cid, event])],
      );
      const knownKeys = new Set(known.map(eventKey));
      const added = some.filter((event) => !knownKeys.has(eventKey(event)));
      if (added.length === 0) continue;
      await session.run('INSERT INTO custom_event (app_id, task_id, cid, event, day, at) VALUES ?', [
        added.map(({ app, task, cid, event, at }) => [app, task, cid, event, day, at]),
      ]);
      fresh.push(...added);
    }
  }
  // Rows are locked in one order everywhere.
  const groups = inKeyOrder(Map.groupBy(fresh, (event) => `${taskKey(event)}\n${event.event}`));
  for (const some of slices(groups, rowsAtOnce)) {
    await session.run(
      'INSERT INTO custom_count (app_id, task_id, event, n) VALUES ? ON DUPLICATE KEY UPDATE n = n + VALUES(n)',
      [some.map((group) => [group[0]!.app, group[0]!.task, group[0]!.event, group.length])],
    );
  }
  return fresh.length;
}
