import { durationOf } from '../../common/protocol/rest/message-rules.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { maxAheadMs, type Settings } from '../../common/protocol/rest/settings.ts';
import type { ApiContext } from './context.ts';
import { ApiFault, invalid } from './faults.ts';

/**
 * When a push is due, ms: at its scheduled time, and not before its message may be shown; undefined: at once.
 *
 * @throws ApiFault `taskTime` if the scheduled time has passed, or is more than `maxAheadMs` ahead; `parameter` if the time
 * in which the message may be shown begins later than that, or is over by then.
 */
export async function dueTimeOf(
  context: ApiContext,
  app: string,
  task: string,
  body: Pick<PushBody, 'settings' | 'push_message'>,
): Promise<number | undefined> {
  const scheduled = await scheduledTime(context, app, task, body.settings);
  const shown = durationOf(body.push_message);
  if (shown === undefined) return scheduled;
  const now = context.deps.now();
  const dueAt = Math.max(scheduled ?? now, shown.start);
  if (shown.end <= dueAt || dueAt - now > maxAheadMs) throw invalid('push_message.duration');
  return dueAt > now ? dueAt : undefined;
}

/**
 * A time that has passed is good for a task that was scheduled before: its first request had no answer, and this one
 * repeats it.
 */
async function scheduledTime(
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
