import type { TaskKey } from '../core/merge-receipts.ts';
import type { Session } from '../database.ts';

/**
 * Counts the devices that each app has as targets of its broadcast, once: what was counted first stays. By the counters of
 * days, so that it costs the same for any number of devices; those of the blacklist are taken off.
 *
 * @param broadcasts tasks that have their rows.
 */
export async function noteBroadcasts(session: Session, broadcasts: TaskKey[]): Promise<void> {
  for (const { app, task } of broadcasts) {
    await session.run(
      `UPDATE task SET target_n = (
         SELECT GREATEST(0, COALESCE(SUM(d.earlier + d.registered), 0)
           - (SELECT COUNT(*) FROM blacklist b WHERE b.app_id = ?))
         FROM app_day d WHERE d.app_id = ?)
       WHERE app_id = ? AND task_id = ? AND target_n IS NULL`,
      [app, app, app, task],
    );
  }
}
