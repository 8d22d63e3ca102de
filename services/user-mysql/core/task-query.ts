import type { TaskKey } from '../../common/protocol/task-list-calls.ts';
import type { SqlValue } from '../database.ts';

export interface TaskFilter {
  app: string;
  task?: string | undefined;
  /** How ids begin: so much of them that few do. */
  taskBeginning?: string | undefined;
  group?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  after: TaskKey | null;
}

export interface Query {
  text: string;
  values: SqlValue[];
}

/** Tasks, newest first, from an index that has them in that order. */
export function taskQuery(filter: TaskFilter, limit: number): Query {
  const { app, group } = filter;
  const ids = idsOf('t.task_id', filter);
  const index = ids.text !== '' ? 'PRIMARY' : group !== undefined ? 'task_by_group_and_time' : 'task_by_time';
  const range = rangeOf('t.created_at', 't.task_id', filter);
  return {
    text: `SELECT t.task_id AS task, t.created_at AS at, t.group_name AS \`group\`,
        t.target_n AS targets, t.arrived_n AS arrived
      FROM task t FORCE INDEX (${index}) WHERE t.app_id = ?${ids.text}${
        group === undefined ? '' : ' AND t.group_name = ?'
      }${range.text} ORDER BY t.created_at DESC, t.task_id DESC LIMIT ${limit}`,
    values: [app, ...ids.values, ...given(group), ...range.values],
  };
}

/** Schedules of tasks that nothing has happened to yet: those have no row among the tasks. Likewise. */
export function scheduleQuery(filter: TaskFilter, limit: number): Query {
  const { app, group } = filter;
  const ids = idsOf('s.task_id', filter);
  const index = ids.text !== '' ? 'PRIMARY' : 'schedule_by_due';
  const groupName = "IF(s.record = '', NULL, JSON_UNQUOTE(JSON_EXTRACT(s.record, '$.group')))";
  const range = rangeOf('s.due_at', 's.task_id', filter);
  return {
    text: `SELECT s.task_id AS task, s.due_at AS at, ${groupName} AS \`group\`, NULL AS targets, NULL AS arrived
      FROM schedule s FORCE INDEX (${index})
      LEFT JOIN task t FORCE INDEX (PRIMARY) ON t.app_id = s.app_id AND t.task_id = s.task_id
      WHERE s.app_id = ?${ids.text} AND s.part = '' AND t.task_id IS NULL${
        group === undefined ? '' : ` AND ${groupName} = ?`
      }${range.text} ORDER BY s.due_at DESC, s.task_id DESC LIMIT ${limit}`,
    values: [app, ...ids.values, ...given(group), ...range.values],
  };
}

function idsOf(id: string, { task, taskBeginning }: TaskFilter): Query {
  if (task !== undefined) return { text: ` AND ${id} = ?`, values: [task] };
  if (taskBeginning === undefined) return { text: '', values: [] };
  // Nothing that an id holds comes after ~.
  return { text: ` AND ${id} BETWEEN ? AND ?`, values: [taskBeginning, `${taskBeginning}~`] };
}

function rangeOf(time: string, id: string, { from, to, after }: TaskFilter): Query {
  const parts: string[] = [];
  const values: SqlValue[] = [];
  if (from !== undefined) {
    parts.push(`${time} >= ?`);
    values.push(from);
  }
  if (to !== undefined) {
    parts.push(`${time} < ?`);
    values.push(to);
  }
  if (after) {
    // As a range of time and what is left out of its edge: an index can go by that.
    parts.push(`${time} <= ? AND NOT (${time} = ? AND ${id} >= ?)`);
    values.push(after.at, after.at, after.task);
  }
  return { text: parts.map((part) => ` AND ${part}`).join(''), values };
}

const given = (value: string | undefined): string[] => (value === undefined ? [] : [value]);
