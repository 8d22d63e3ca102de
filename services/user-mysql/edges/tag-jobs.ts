import type { tagJobCalls as contract, TagJob } from '../../common/protocol/tag-job-calls.ts';
import type { Handlers } from '../../common/rpc/contract.ts';
import type { Database, Session } from '../database.ts';

interface JobKey {
  app: string;
  task: string;
  owner: string;
}

interface HeldRow extends TagJob {
  stopped: number;
}

const columns = 'j.app_id AS app, j.task_id AS task, j.record, j.page, j.after_cid AS `after`, j.until_cid AS `until`';

/** Jobs of pushes to tags, each worked on by one owner at a time. */
export function tagJobCalls(database: Database, now: () => number): Handlers<typeof contract> {
  return {
    async openTagJob({ app, task, record }) {
      await database.run(
        `INSERT INTO tag_job (app_id, task_id, record, page, owner, lease_until, done) VALUES ?
         ON DUPLICATE KEY UPDATE task_id = VALUES(task_id)`,
        [[[app, task, record, 0, '', 0, 0]]],
      );
      return {};
    },

    async claimTagJobs({ owner, limit, leaseMs }) {
      // As with schedules: nearly always there is nothing.
      const some = await database.rows(
        'SELECT 1 FROM tag_job WHERE done = 0 AND (lease_until <= ? OR owner = ?) LIMIT 1',
        [now(), owner],
      );
      if (some.length === 0) return { jobs: [] };
      return database.transaction(async (session) => {
        const free = await session.rows<JobKey>(
          `SELECT app_id AS app, task_id AS task, owner FROM tag_job WHERE done = 0 AND lease_until <= ?
           ORDER BY lease_until LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
          [now()],
        );
        for (const { app, task } of free) {
          await session.run('UPDATE tag_job SET owner = ?, lease_until = ? WHERE app_id = ? AND task_id = ?', [
            ...[owner, now() + leaseMs, app, task],
          ]);
        }
        const jobs = await session.rows<TagJob>(
          `SELECT ${columns} FROM tag_job j WHERE j.done = 0 AND j.lease_until > ? AND j.owner = ?`,
          [now(), owner],
        );
        return { jobs };
      });
    },

    async advanceTagJob({ app, task, owner, page, until, leaseMs }) {
      return database.transaction(async (session) => {
        const held = await hold(session, { app, task, owner });
        if (!held) return { state: 'lost' };
        if (held.stopped) return { state: 'stopped' };
        // Asked again after the answer was lost.
        if (held.page === page + 1 && held.until === until) return { state: 'ok' };
        if (held.page !== page) return { state: 'lost' };
        await session.run(
          `UPDATE tag_job SET page = ?, after_cid = ?, until_cid = ?, lease_until = ? WHERE app_id = ? AND task_id = ?`,
          [page + 1, held.until, until, now() + leaseMs, app, task],
        );
        return { state: 'ok' };
      });
    },

    async holdTagJob({ app, task, owner, leaseMs }) {
      return database.transaction(async (session) => {
        const held = await hold(session, { app, task, owner });
        if (!held) return { state: 'lost' };
        await session.run('UPDATE tag_job SET lease_until = ? WHERE app_id = ? AND task_id = ?', [
          ...[now() + leaseMs, app, task],
        ]);
        return { state: held.stopped ? 'stopped' : 'ok' };
      });
    },

    async finishTagJob({ app, task, owner }) {
      await database.run('UPDATE tag_job SET done = 1 WHERE app_id = ? AND task_id = ? AND owner = ?', [
        ...[app, task, owner],
      ]);
      return {};
    },
  };
}

/** The job's row, locked, if it is this owner's: also past its lease, as long as nobody else has taken it. */
async function hold(session: Session, { app, task, owner }: JobKey): Promise<HeldRow | undefined> {
  const [row] = await session.rows<HeldRow>(
    `SELECT ${columns}, EXISTS (SELECT 1 FROM saved_task s WHERE s.app_id = j.app_id AND s.task_id = j.task_id
       AND s.stopped_at IS NOT NULL) AS stopped
     FROM tag_job j WHERE j.app_id = ? AND j.task_id = ? AND j.owner = ? AND j.done = 0 FOR UPDATE`,
    [app, task, owner],
  );
  return row;
}
