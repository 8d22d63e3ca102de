import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { type taskListCalls as contract, maxTaskCandidates } from '../../common/protocol/task-list-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import { dayOfTask } from '../core/task-day.ts';
import { taskQuery } from '../core/task-query.ts';
import type { Database } from '../database.ts';
import { type DeliveryTimes, eventsOf, storedAtOf, timeColumns } from './delivery-times.ts';
import type { Candidate } from './task-facts.ts';

type Calls = Pick<Handlers<typeof contract>, 'taskDevices' | 'deviceHistory' | 'listDevices'>;

/** What happened to tasks on devices, page by page. */
export function taskDeviceCalls(database: Database): Calls {
  return {
    async taskDevices({ app, task, after, limit }) {
      const [known] = await database.rows<{ at: number }>(
        'SELECT created_at AS at FROM task WHERE app_id = ? AND task_id = ?',
        [app, task],
      );
      if (!known) return { devices: [] };
      const rows = await database.rows<DeliveryTimes & { cid: string }>(
        `SELECT cid, ${timeColumns} FROM delivery
         WHERE day = ? AND app_id = ? AND task_id = ? AND cid > ? ORDER BY cid LIMIT ${limit}`,
        [dayOfTask(task, known.at), app, task, after ?? ''],
      );
      return { devices: rows.map(({ cid, ...times }) => ({ cid, events: eventsOf(times), ...storedAtOf(times) })) };
    },

    async deviceHistory({ app, cid, after }) {
      const { text, values } = taskQuery({ app, after }, maxTaskCandidates);
      const tasks = await database.rows<Candidate>(text, values);
      const byDay = Map.groupBy(tasks, ({ task, at }) => dayOfTask(task, at));
      const events: { task: string; event: ReceiptEvent; at: number }[] = [];
      for (const [day, ofDay] of byDay) {
        const keys = [ofDay.map(({ task }) => [app, task, cid])];
        const deliveries = await database.rows<DeliveryTimes & { task: string }>(
          `SELECT task_id AS task, ${timeColumns} FROM delivery WHERE day = ? AND (app_id, task_id, cid) IN (?)`,
          [day, ...keys],
        );
        for (const { task, ...times } of deliveries) {
          events.push(...eventsOf(times).map((event) => ({ task, ...event })));
        }
        const customs = await database.rows<{ task: string; event: ReceiptEvent; at: number }>(
          'SELECT task_id AS task, event, at FROM custom_event WHERE day = ? AND (app_id, task_id, cid) IN (?)',
          [day, ...keys],
        );
        events.push(...customs);
      }
      const last = tasks.at(-1);
      return {
        events: events.reverse().sort((left, right) => right.at - left.at),
        since: last?.at ?? null,
        next: last && tasks.length === maxTaskCandidates ? { at: last.at, task: last.task } : null,
      };
    },

    async listDevices({ app, after, limit }) {
      const rows = await database.rows<{ cid: string }>(
        `SELECT cid FROM device WHERE app_id = ? AND cid > ? ORDER BY cid LIMIT ${limit}`,
        [app, after ?? ''],
      );
      return { cids: rows.map(({ cid }) => cid) };
    },
  };
}
