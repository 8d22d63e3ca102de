import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { isTaskId } from '../../common/protocol/task-ids.ts';
import { taskPartitions } from '../../common/protocol/topics.ts';
import type { ApiContext } from './context.ts';
import { doOnce } from './idempotency.ts';
import { publishOrBusy } from './publish.ts';
import { checkPush } from './push-request.ts';
import { type QuotaUses, withinQuota } from './quota.ts';
import { messageOfTask, savedTaskOf } from './saved-message.ts';

export interface AppPush {
  /** What it is kept as. */
  kind: 'tag' | 'all';
  audience: TaskRecord['audience'];
  uses: QuotaUses;
  taskId: (app: string, requestId: string, day: string) => string;
  /** Throws if it may not be accepted now. */
  check?: () => Promise<void>;
}

/** Keeps a task to many devices of an app, so that it can be stopped, and leaves it to the planner. */
export async function pushToApp(
  context: ApiContext,
  app: string,
  body: PushBody,
  { kind, audience, uses, taskId, check }: AppPush,
): Promise<{ taskid: string }> {
  checkPush(body);
  const { deps, lookups } = context;
  const [taskid] = await doOnce({
    reservations: lookups,
    app,
    instance: deps.instance,
    now: deps.now,
    waitMs: deps.limits.repeatWaitMs,
    items: [{ requestId: body.request_id }],
    fits: isTaskId('RASA'),
    work: async ([due]) => {
      const id = taskId(app, body.request_id, due!.day);
      await check?.();
      await withinQuota(context, app, { ...uses, appPushesPerMinute: 1 }, async () => {
        const { task } = await deps.userMysql.saveTask(savedTaskOf(kind, app, id, body, deps.now()));
        const speed = body.settings?.speed ?? 0;
        const record: TaskRecord = {
          ...messageOfTask(context, task),
          audience,
          ...(speed > 0 ? { speed } : {}),
        };
        await publishOrBusy(deps, deps.topics.task, [
          { partition: partitionOf(id, taskPartitions), key: id, value: JSON.stringify(record) },
        ]);
      });
      deps.metrics.accepted('async', 1);
      return [id];
    },
  });
  return { taskid: taskid! };
}
