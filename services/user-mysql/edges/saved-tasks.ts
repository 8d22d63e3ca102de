import type { savedTaskCalls as contract, SavedTask } from '../../common/protocol/saved-task-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database, Session } from '../database.ts';

interface SavedTaskRow extends Omit<SavedTask, 'stored' | 'group' | 'madeAt'> {
  stored: number;
  group: string | null;
  madeAt: number | null;
  stoppedAt: number | null;
}

/** Tasks that are kept with their messages. */
export function savedTaskCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async saveTask(task) {
      const { app, task: id, kind, at, exp, stored, content, group, madeAt } = task;
      return database.transaction(async (session) => {
        await session.run(
          `INSERT INTO saved_task (app_id, task_id, kind, created_at, expires_at, \`stored\`, content, group_name) VALUES ?
           ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)`,
          [[[app, id, kind, at, exp, stored ? 1 : 0, content, group ?? null]]],
        );
        if (madeAt !== undefined) {
          await session.run(
            `INSERT INTO schedule (app_id, task_id, part, created_at, due_at, expires_at, record, state, owner, free_at)
             VALUES ? ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)`,
            [[[app, id, '', madeAt, at, exp, '', 'list', '', at]]],
          );
        }
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
        await stop(session, row, now());
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

export async function find(session: Session, app: string, task: string): Promise<SavedTaskRow | undefined> {
  const [row] = await session.rows<SavedTaskRow>(
    `SELECT k.app_id AS app, k.task_id AS task, k.kind, k.created_at AS at, s.created_at AS madeAt, k.expires_at AS exp,
       k.stored, k.content, k.group_name AS \`group\`, k.stopped_at AS stoppedAt
     FROM saved_task k
     LEFT JOIN schedule s ON s.app_id = k.app_id AND s.task_id = k.task_id AND s.part = '' AND k.kind = 'list'
     WHERE k.app_id = ? AND k.task_id = ?`,
    [app, task],
  );
  return row;
}

/** Says for good that nothing more of a task is to be sent. */
export async function stop(session: Session, { app, task, exp }: SavedTaskRow, at: number): Promise<void> {
  await session.run('UPDATE saved_task SET stopped_at = COALESCE(stopped_at, ?) WHERE app_id = ? AND task_id = ?', [
    ...[at, app, task],
  ]);
  await session.run(
    'INSERT INTO stopped_task (expires_at, task_id) VALUES ? ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)',
    [[[exp, task]]],
  );
}

function taskOf({ stoppedAt: _, stored, group, madeAt, ...rest }: SavedTaskRow): SavedTask {
  return {
    ...rest,
    stored: stored !== 0,
    ...(group === null ? {} : { group }),
    ...(madeAt === null ? {} : { madeAt }),
  };
}
