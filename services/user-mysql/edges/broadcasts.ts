import type { SeenTask } from '../core/merge-receipts.ts';
import type { Session } from '../database.ts';

/**
 * Counts the devices that each app has as targets of its broadcast, once: what was counted first stays. By the counters of
 * days, so that it costs the same for any number of devices; those of the blacklist are taken off.
 */
export async function noteBroadcasts(session: Session, broadcasts: Pick<SeenTask, 'app' | 'task'>[]): Promise<void> {
  for (const { app, task } of broadcasts) {
    await session.run(
      `INSERT INTO task_stat (app_id, task_id, event, n)
       SELECT ?, ?, 'target', GREATEST(0, COALESCE(SUM(d.earlier + d.registered), 0)
         - (SELECT COUNT(*) FROM blacklist b WHERE b.app_id = ?))
       FROM app_day d WHERE d.app_id = ?
       ON DUPLICATE KEY UPDATE task_stat.n = task_stat.n`,
      [app, task, app, app],
    );
  }
}
