import type { savedTaskCalls as contract, SavedTask } from '../../common/protocol/saved-task-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database, Session } from '../database.ts';

interface SavedTaskRow extends Omit<SavedTask, 'stored' | 'group'> {
  stored: number;
  group: string | null;
  stoppedAt: number | null;
}

/** Tasks that are kept with their messages. */
export function savedTaskCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async saveTask(task) {
      const { app, task: id, kind, at, exp, stored, content, group } = task;
      return database.transaction(async (session) => {
        await session.run(
          `INSERT INTO saved_task (app_id, task_id, kind, created_at, expires_at, stored, content, group_name) VALUES ?
           ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)`,
          [[[app, id, kind, at, exp, stored ? 1 : 0, content, group ?? null]]],
        );
        const row = await find(session, app, id);
        const kept = row ? taskOf(row) : task;
        // Reports know a task from when it is accepted, not from its first device on.
        await session.run(
          `INSERT INTO task (app_id, task_id, created_at, group_name) VALUES ? ON DUPLICATE KEY UPDATE
             created_at = LEAST(created_at, VALUES(created_at)), group_name = COALESCE(group_name, VALUES(group_name))`,
          [[[app, id, kept.at, kept.group ?? null]]],
        );
        return { task: kept };
      });
    },

    async savedTask({ app, task }) {
      const row = await find(database, app, task);
      return { task: row ? taskOf(row) : null, stopped: row?.stoppedAt != null };
    },

    async markStopped({ app, task }) {
      return database.transaction(async (session) => {
        const row = await find(session, app, task);
        if (!row) return { task: null };
        await session.run(
          'UPDATE saved_task SET stopped_at = COALESCE(stopped_at, ?) WHERE app_id = ? AND task_id = ?',
          [now(), app, task],
        );
        await session.run(
          'INSERT INTO stopped_task (expires_at, task_id) VALUES ? ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)',
          [[[row.exp, task]]],
        );
        return { task: taskOf(row) };
      });
    },

    async stoppedTasks({ after, limit }) {
      const from = after ?? { exp: now(), task: '' };
      const tasks = await database.rows<{ task: string; exp: number }>(
        `SELECT task_id AS task, expires_at AS exp FROM stopped_task
         WHERE expires_at > ? OR (expires_at = ? AND task_id > ?) ORDER BY expires_at, task_id LIMIT ${limit}`,
        [from.exp, from.exp, from.task],
      );
      return { tasks };
    },
  };
}

async function find(session: Session, app: string, task: string): Promise<SavedTaskRow | undefined> {
  const [row] = await session.rows<SavedTaskRow>(
    `SELECT app_id AS app, task_id AS task, kind, created_at AS at, expires_at AS exp, stored, content,
       group_name AS \`group\`, stopped_at AS stoppedAt
     FROM saved_task WHERE app_id = ? AND task_id = ?`,
    [app, task],
  );
  return row;
}

function taskOf({ stoppedAt: _, stored, group, ...rest }: SavedTaskRow): SavedTask {
  const task: SavedTask = { ...rest, stored: stored !== 0 };
  return group === null ? task : { ...task, group };
}
