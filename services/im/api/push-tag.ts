import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { TaskIdData } from '../../common/protocol/rest/push-list.ts';
import { FastTagPushBody, TagPushBody } from '../../common/protocol/rest/push-tag.ts';
import type { TagWhere } from '../../common/protocol/tag-calls.ts';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { doOnce } from './idempotency.ts';
import { leaveToPlanner } from './leave-to-planner.ts';
import { checkPush } from './push-request.ts';
import { withinQuota } from './quota.ts';
import { messageOfTask, savedTaskOf } from './saved-message.ts';
import { dueTimeOf } from './schedule-time.ts';
import { whereOf } from './tag-where.ts';
import { taskIdOf } from './task-ids.ts';

export const pushTag = endpoint({
  name: 'push_tag',
  method: 'POST',
  path: '/push/tag',
  summary: 'Push to all devices that fit an expression of tags',
  body: TagPushBody,
  data: TaskIdData,
  handle: (context, { app, body }) => pushToWhere(context, app, body, whereOf(body.audience.tag)),
});

export const pushFastTag = endpoint({
  name: 'push_fast_tag',
  method: 'POST',
  path: '/push/fast_custom_tag',
  summary: 'Push to all devices that have a tag',
  body: FastTagPushBody,
  data: TaskIdData,
  handle: (context, { app, body }) =>
    pushToWhere(context, app, body, [{ key: 'custom_tag', values: [body.audience.fast_custom_tag], opt: 'or' }]),
});

/** Keeps the task, so that it can be stopped, and leaves it to the planner. */
async function pushToWhere(
  context: ApiContext,
  app: string,
  body: PushBody,
  where: TagWhere,
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
    work: async ([due]) => {
      const id = taskIdOf('RASA', app, body.request_id, due!.day);
      await withinQuota(context, app, { tagPerDay: 1, appPushesPerMinute: 1 }, async () => {
        const dueAt = await dueTimeOf(context, app, id, body.settings);
        const { task } = await deps.userMysql.saveTask(savedTaskOf('tag', app, id, body, dueAt ?? deps.now()));
        const speed = body.settings?.speed ?? 0;
        const record: TaskRecord = {
          ...messageOfTask(context, task),
          audience: { where },
          ...(speed > 0 ? { speed } : {}),
        };
        await leaveToPlanner(context, record, dueAt);
      });
      deps.metrics.accepted('async', 1);
      return [id];
    },
  });
  return { taskid: taskid! };
}
