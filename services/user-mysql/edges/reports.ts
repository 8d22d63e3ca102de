import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import type { reportCalls as contract } from '../../common/protocol/report-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { dayOfTask } from '../core/task-day.ts';
import type { Database } from '../database.ts';

interface SumRow {
  event: string | null;
  n: number | string | null;
}

/** Events of a device come in this order where they have one time. */
const order: string[] = ['target', 'sent', 'arrived', 'shown', 'clicked', 'dismissed'];

/** What reports read beside the figures of single tasks. */
export function reportCalls(database: Database): Handlers<typeof contract> {
  return {
    async deviceEvents({ app, task, cid }) {
      const [known] = await database.rows<{ at: number }>(
        'SELECT created_at AS at FROM task WHERE app_id = ? AND task_id = ?',
        [app, task],
      );
      if (!known) return { events: [] };
      const events = await database.rows<{ event: ReceiptEvent; at: number }>(
        'SELECT event, at FROM push_event WHERE day = ? AND app_id = ? AND task_id = ? AND cid = ?',
        [dayOfTask(task, known.at), app, task, cid],
      );
      return { events: events.sort((left, right) => left.at - right.at || rankOf(left.event) - rankOf(right.event)) };
    },

    async groupCounts({ app, group }) {
      const rows = await database.rows<SumRow>(
        `SELECT s.event, SUM(s.n) AS n FROM task t LEFT JOIN task_stat s ON s.app_id = t.app_id AND s.task_id = t.task_id
         WHERE t.app_id = ? AND t.group_name = ? GROUP BY s.event`,
        [app, group],
      );
      return rows.length === 0 ? null : { counts: countsOf(rows) };
    },

    async periodCounts({ app, from, to }) {
      const rows = await database.rows<SumRow>(
        `SELECT s.event, SUM(s.n) AS n FROM task t JOIN task_stat s ON s.app_id = t.app_id AND s.task_id = t.task_id
         WHERE t.app_id = ? AND t.created_at >= ? AND t.created_at < ? GROUP BY s.event`,
        [app, from, to],
      );
      return { counts: countsOf(rows) };
    },
  };
}

/** A task without events is a row without one. */
function countsOf(rows: SumRow[]): { event: string; count: number }[] {
  return rows.flatMap(({ event, n }) => (event === null ? [] : [{ event, count: Number(n) }]));
}

function rankOf(event: string): number {
  const rank = order.indexOf(event);
  return rank < 0 ? order.length : rank;
}
