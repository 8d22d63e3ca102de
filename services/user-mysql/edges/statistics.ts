import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type EventKey, eventKey, type SeenTask } from '../core/merge-receipts.ts';
import { slices } from '../core/order.ts';
import type { Database, Session } from '../database.ts';

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
         FROM task t LEFT JOIN task_stat s ON s.app_id = t.app_id AND s.task_id = t.task_id
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

/** Makes the rows of tasks seen for the first time; an earlier time or a group that comes later is taken over. */
export async function noteTasks(session: Session, tasks: SeenTask[]): Promise<void> {
  for (const some of slices(tasks, rowsAtOnce)) {
    await session.run(
      `INSERT INTO task (app_id, task_id, created_at, group_name) VALUES ? ON DUPLICATE KEY UPDATE
         created_at = LEAST(created_at, VALUES(created_at)), group_name = COALESCE(group_name, VALUES(group_name))`,
      [some.map(({ app, task, at, group }) => [app, task, at, group])],
    );
  }
}

/** Counts the devices that each app has as targets of its broadcast, once: what was counted first stays. */
export async function noteBroadcasts(session: Session, broadcasts: Pick<SeenTask, 'app' | 'task'>[]): Promise<void> {
  for (const { app, task } of broadcasts) {
    await session.run(
      `INSERT INTO task_stat (app_id, task_id, event, n)
       SELECT ?, ?, 'target', COUNT(*) FROM device d WHERE d.app_id = ? AND NOT EXISTS
         (SELECT 1 FROM blacklist b WHERE b.app_id = d.app_id AND b.cid = d.cid)
       ON DUPLICATE KEY UPDATE task_stat.n = task_stat.n`,
      [app, task, app],
    );
  }
}

/**
 * Notes the events that are new and adds their number to the tasks' figures.
 *
 * @param events distinct and sorted.
 * @returns the events that were new.
 */
export async function countEvents(session: Session, events: EventKey[]): Promise<EventKey[]> {
  const added: EventKey[] = [];
  for (const some of slices(events, rowsAtOnce)) {
    const known = await session.rows<Omit<EventKey, 'at'>>(
      `SELECT app_id AS app, task_id AS task, cid, event FROM push_event WHERE (app_id, task_id, cid, event) IN (?)`,
      [some.map(({ app, task, cid, event }) => [app, task, cid, event])],
    );
    const knownKeys = new Set(known.map(eventKey));
    const fresh = some.filter((event) => !knownKeys.has(eventKey(event)));
    if (fresh.length === 0) continue;
    await session.run('INSERT INTO push_event (app_id, task_id, cid, event, at) VALUES ?', [
      fresh.map(({ app, task, cid, event, at }) => [app, task, cid, event, at]),
    ]);
    added.push(...fresh);
  }
  // As the events are sorted by task, so are the groups.
  const groups = [...Map.groupBy(added, ({ app, task, event }) => `${app}\n${task}\n${event}`).values()];
  for (const some of slices(groups, rowsAtOnce)) {
    await session.run(
      'INSERT INTO task_stat (app_id, task_id, event, n) VALUES ? ON DUPLICATE KEY UPDATE n = n + VALUES(n)',
      [some.map((group) => [group[0]!.app, group[0]!.task, group[0]!.event, group.length])],
    );
  }
  return added;
}
