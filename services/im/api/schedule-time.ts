import type { Settings } from '../../common/protocol/rest/settings.ts';
import type { ApiContext } from './context.ts';
import { ApiFault } from './faults.ts';

/** How far ahead a push may be scheduled. */
export const maxAheadMs = 7 * 86_400_000;

/**
 * When a push is due, ms; undefined: at once. A time that has passed is good for a task that was scheduled before: its
 * first request had no answer, and this one repeats it.
 *
 * @throws ApiFault `taskTime` if the time has passed, or is more than `maxAheadMs` ahead.
 */
export async function dueTimeOf(
  { deps }: ApiContext,
  app: string,
  task: string,
  settings: Settings | undefined,
): Promise<number | undefined> {
  const dueAt = settings?.schedule_time;
  if (dueAt === undefined) return undefined;
  const aheadMs = dueAt - deps.now();
  if (aheadMs > 0 && aheadMs <= maxAheadMs) return dueAt;
  if (aheadMs <= 0 && (await deps.userMysql.scheduleOf({ app, task })).schedule !== null) return dueAt;
  throw new ApiFault('taskTime', 'settings.schedule_time is invalid');
}
