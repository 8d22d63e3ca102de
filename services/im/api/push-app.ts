import type { NewRecord } from '../../common/bus/bus.ts';
import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { isTaskId } from '../../common/protocol/task-ids.ts';
import { isForLog, sendBroadcasts } from '../planner/broadcasts.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest } from './endpoint.ts';
import { doOnce } from './idempotency.ts';
import { leaveToPlanner } from './leave-to-planner.ts';
import { publishOrBusy } from './publish.ts';
import { checkPush } from './push-request.ts';
import { type QuotaUses, withinQuota } from './quota.ts';
import { messageOfTask, savedTaskOf } from './saved-message.ts';
import { dueTimeOf } from './schedule-time.ts';

export interface AppPush {
  /** What it is kept as. */
  kind: 'tag' | 'all';
  audience: TaskRecord['audience'];
  uses: QuotaUses;
  taskId: (app: string, requestId: string, day: string) => string;
  /** Throws if it may not be accepted now. */
  check?: () => Promise<void>;
}

/**
 * Keeps a task to many devices of an app, so that it can be stopped, and leaves it to the planner; a broadcast that is due now
 * is sent at once, so that broadcasts come in the order in which they were accepted.
 */
export async function pushToApp(
  context: ApiContext,
  app: string,
  { body, admit, onRepeat }: Pick<ApiRequest<unknown, PushBody>, 'body' | 'admit' | 'onRepeat'>,
  { kind, audience, uses, taskId, check }: AppPush,
): Promise<{ taskid: string }> {
  checkPush(body);
  const { deps, lookups } = context;
  const [taskid] = await doOnce({
    reservations: lookups,
    app,
    admitted: admit(),
    instance: deps.instance,
    now: deps.now,
    waitMs: deps.limits.repeatWaitMs,
    items: [{ requestId: body.request_id }],
    bodies: [body],
    onRepeat,
    fits: isTaskId('RASA'),
    work: async ([due]) => {
      const begunMs = deps.now();
      const id = taskId(app, body.request_id, due!.day);
      await check?.();
      await withinQuota(context, app, { ...uses, appPushesPerMinute: 1 }, async () => {
        const dueAt = await dueTimeOf(context, app, id, body);
        const { task } = await deps.userMysql.saveTask(savedTaskOf(kind, app, id, body, dueAt ?? deps.now()));
        const speed = body.settings?.speed ?? 0;
        const record: TaskRecord = {
          ...messageOfTask(context, task),
          audience,
          ...(speed > 0 ? { speed } : {}),
        };
        if (dueAt === undefined && isForLog(record)) await broadcast(context, record);
        else await leaveToPlanner(context, record, dueAt);
      });
      deps.metrics.accepted('async', 1);
      deps.log.debug({ task: id }, 'a push is accepted');
      deps.traces?.record('accept', id, begunMs);
      return [id];
    },
  });
  return { taskid: taskid! };
}

function broadcast({ deps }: ApiContext, record: TaskRecord): Promise<void> {
  const { topics, userMysql: tasks, userRedis: stops, now } = deps;
  const publish = (topic: string, records: NewRecord[]): Promise<void> => publishOrBusy(deps, topic, records);
  return sendBroadcasts({ publish, topics, tasks, stops, now }, [record]);
}
