import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type EventKey, eventKey } from '../core/merge-receipts.ts';
import { inKeyOrder, slices } from '../core/order.ts';
import type { Database, Session } from '../database.ts';
import { taskKey } from './tasks.ts';

interface CountRow {
  app: string;
  task: string;
  event: string | null;
  n: number | null;
}

const rowsAtOnce = 500;

export function statisticsCalls(database: Database): Pick<Handlers<UserMysqlCalls>, 'taskCounts'> {
  return {
    async taskCounts({ items }) {
      const rows = await database.rows<CountRow>(
        `SELECT t.app_id AS app, t.task_id AS task, s.event, s.n
         FROM task t FORCE INDEX (PRIMARY) LEFT JOIN task_stat s ON s.app_id = t.app_id AND s.task_id = t.task_id
         WHERE (t.app_id, t.task_id) IN (?) ORDER BY s.event`,
        [items.map(({ app, task }) => [app, task])],
      );
      const found = Map.groupBy(rows, ({ app, task }) => `${app}\n${task}`);
      return {
        results: items.map(({ app, task }) => {
          const ofTask = found.get(`${app}\n${task}`);
          if (ofTask === undefined) return null;
          return { counts: ofTask.flatMap(({ event, n }) => (event === null ? [] : [{ event, count: Number(n) }])) };
        }),
      };
    },
  };
}

/**
 * Notes the events that are new and adds their number to the tasks' figures.
 *
 * @param events distinct and sorted.
 * @param days the days of their tasks; events of others are passed over.
 * @returns the events that were new, and how many were passed over.
 */
export async function countEvents(
  session: Session,
  events: EventKey[],
  days: ReadonlyMap<string, number>,
): Promise<{ counted: EventKey[]; late: number }> {
  const batches = [...eventsByDay(events, days)].flatMap(([day, ofDay]) =>
    slices(ofDay, rowsAtOnce).map((some) => ({ day, some })),
  );
  const added: EventKey[] = [];
  for (const { day, some } of batches) {
    // The day by itself, so that only its partition is read.
    const known = await session.rows<Omit<EventKey, 'at'>>(
      `SELECT app_id AS app, task_id AS task, cid, event FROM push_event
       WHERE day = ? AND (app_id, task_id, cid, event) IN (?)`,
      [day, some.map(({ app, task, cid, event }) => [app, task, cid, event])],
    );
    const knownKeys = new Set(known.map(eventKey));
    const fresh = some.filter((event) => !knownKeys.has(eventKey(event)));
    if (fresh.length === 0) continue;
    await session.run('INSERT INTO push_event (app_id, task_id, cid, event, day, at) VALUES ?', [
      fresh.map(({ app, task, cid, event, at }) => [app, task, cid, event, day, at]),
    ]);
    added.push(...fresh);
  }
  // Rows are locked in one order everywhere.
  const groups = inKeyOrder(Map.groupBy(added, ({ app, task, event }) => `${app}\n${task}\n${event}`));
  for (const some of slices(groups, rowsAtOnce)) {
    await session.run(
      'INSERT INTO task_stat (app_id, task_id, event, n) VALUES ? ON DUPLICATE KEY UPDATE n = n + VALUES(n)',
      [some.map((group) => [group[0]!.app, group[0]!.task, group[0]!.event, group.length])],
    );
  }
  const late = events.length - batches.reduce((sum, { some }) => sum + some.length, 0);
  return { counted: added, late };
}

function eventsByDay(events: EventKey[], days: ReadonlyMap<string, number>): Map<number, EventKey[]> {
  const byDay = new Map<number, EventKey[]>();
  let last: EventKey | undefined;
  let ofDay: EventKey[] | undefined;
  for (const event of events) {
    // Those of a task follow each other.
    if (event.task !== last?.task || event.app !== last.app) {
      const day = days.get(taskKey(event));
      ofDay = day === undefined ? undefined : (byDay.get(day) ?? []);
      if (day !== undefined && ofDay) byDay.set(day, ofDay);
      last = event;
    }
    ofDay?.push(event);
  }
  return byDay;
}
