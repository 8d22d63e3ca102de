import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import type { ChannelCount, reportCalls as contract } from '../../common/protocol/report-calls.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { type Step, steps } from '../core/implied-events.ts';
import { type TaskKey, taskKey } from '../core/merge-receipts.ts';
import { dayOfTask } from '../core/task-day.ts';
import type { Database, SqlValue } from '../database.ts';
import { type DeliveryTimes, eventsOf, storedAtOf, timeColumns } from './delivery-times.ts';

interface Count {
  event: ReceiptEvent;
  count: number;
}

/** Sums are text to the driver. */
type Counters = Record<Step, number | string | null>;

const counters = steps.map((step) => `${step}_n AS ${step}`).join(', ');
const sums = steps.map((step) => `SUM(${step}_n) AS ${step}`).join(', ');

/** What reports read. */
export function reportCalls(
  database: Database,
): Handlers<typeof contract> & Pick<Handlers<UserMysqlCalls>, 'taskCounts'> {
  /** Over all tasks of an app that `where` names. */
  async function sumOf(where: string, values: SqlValue[]): Promise<{ tasks: number; counts: Count[] }> {
    const [sum] = await database.rows<Counters & { tasks: number }>(
      `SELECT COUNT(*) AS tasks, ${sums} FROM task t WHERE ${where}`,
      values,
    );
    return sum ? { tasks: sum.tasks, counts: countsOf(sum) } : { tasks: 0, counts: [] };
  }

  return {
    async taskCounts({ items }) {
      const found = await countsOfTasks(database, items);
      const channels = await channelCountsOf(database, items);
      return {
        results: found.map((counts, index) => {
          const ofTask = channels.get(taskKey(items[index]!));
          return counts ? { counts, ...(ofTask ? { channels: ofTask } : {}) } : null;
        }),
      };
    },

    async deviceEvents({ app, task, cid }) {
      const [known] = await database.rows<{ at: number }>(
        'SELECT created_at AS at FROM task WHERE app_id = ? AND task_id = ?',
        [app, task],
      );
      if (!known) return { events: [] };
      const key = [dayOfTask(task, known.at), app, task, cid];
      const [delivery] = await database.rows<DeliveryTimes>(
        `SELECT ${timeColumns} FROM delivery WHERE day = ? AND app_id = ? AND task_id = ? AND cid = ?`,
        key,
      );
      const customs = await database.rows<{ event: ReceiptEvent; at: number }>(
        'SELECT event, at FROM custom_event WHERE day = ? AND app_id = ? AND task_id = ? AND cid = ?',
        key,
      );
      const own = delivery ? eventsOf(delivery) : [];
      // Those of one time stay in the order of a message's life.
      const events = [...own, ...customs].sort((left, right) => left.at - right.at);
      return { events, ...storedAtOf(delivery) };
    },

    async groupCounts({ app, group }) {
      const { tasks, counts } = await sumOf('t.app_id = ? AND t.group_name = ?', [app, group]);
      return tasks === 0 ? null : { counts };
    },

    async periodCounts({ app, from, to }) {
      const { counts } = await sumOf('t.app_id = ? AND t.created_at >= ? AND t.created_at < ?', [app, from, to]);
      return { counts };
    },
  };
}

/** How often each event of each task was counted, in order; undefined for a task that the app doesn't have. */
export async function countsOfTasks(database: Database, items: TaskKey[]): Promise<(Count[] | undefined)[]> {
  const keys = [items.map(({ app, task }) => [app, task])];
  const rows = await database.rows<TaskKey & Counters>(
    `SELECT app_id AS app, task_id AS task, ${counters} FROM task FORCE INDEX (PRIMARY) WHERE (app_id, task_id) IN (?)`,
    keys,
  );
  const customs = await database.rows<TaskKey & { event: ReceiptEvent; n: number }>(
    `SELECT app_id AS app, task_id AS task, event, n FROM custom_count WHERE (app_id, task_id) IN (?) ORDER BY event`,
    keys,
  );
  const found = new Map(rows.map((row) => [taskKey(row), countsOf(row)]));
  for (const custom of customs) found.get(taskKey(custom))?.push({ event: custom.event, count: custom.n });
  return items.map((item) => found.get(taskKey(item)));
}

async function channelCountsOf(database: Database, items: TaskKey[]): Promise<Map<string, ChannelCount[]>> {
  const rows = await database.rows<TaskKey & ChannelCount>(
    `SELECT app_id AS app, task_id AS task, kind AS channel, result, n AS count FROM channel_count
     WHERE (app_id, task_id) IN (?) ORDER BY kind, result`,
    [items.map(({ app, task }) => [app, task])],
  );
  const found = new Map<string, ChannelCount[]>();
  for (const { app, task, ...count } of rows) {
    const key = taskKey({ app, task });
    found.set(key, [...(found.get(key) ?? []), { ...count, count: Number(count.count) }]);
  }
  return found;
}

/** Steps that happened on no device are left out. */
function countsOf(row: Counters): Count[] {
  return steps.flatMap((event) => (row[event] === null ? [] : [{ event, count: Number(row[event]) }]));
}
