import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { TaskIdData } from '../../common/protocol/rest/push-list.ts';
import { FastTagPushBody, TagPushBody } from '../../common/protocol/rest/push-tag.ts';
import type { TagWhere } from '../../common/protocol/tag-calls.ts';
import { taskIdOf } from '../../common/protocol/task-ids.ts';
import type { ApiContext } from './context.ts';
import { type ApiRequest, endpoint } from './endpoint.ts';
import { pushToApp } from './push-app.ts';
import { whereOf } from './tag-where.ts';

export const pushTag = endpoint({
  name: 'push_tag',
  method: 'POST',
  path: '/push/tag',
  summary: 'Push to all devices that fit an expression of tags',
  body: TagPushBody,
  data: TaskIdData,
  codes: ['tagPerDay', 'appPerMinute', 'taskTime'],
  example: {
    body: {
      request_id: example.requestId,
      settings: { speed: 100 },
      audience: { tag: [{ key: 'custom_tag', values: ['vip', 'beijing'], opt_type: 'and' }] },
      push_message: exampleMessage,
    },
    data: { taskid: example.appTask },
  },
  handle: (context, request) => pushToWhere(context, request, whereOf(request.body.audience.tag)),
});

export const pushFastTag = endpoint({
  name: 'push_fast_tag',
  method: 'POST',
  path: '/push/fast_custom_tag',
  summary: 'Push to all devices that have a tag',
  body: FastTagPushBody,
  data: TaskIdData,
  codes: ['tagPerDay', 'appPerMinute', 'taskTime'],
  example: {
    body: { request_id: example.requestId, audience: { fast_custom_tag: 'vip' }, push_message: exampleMessage },
    data: { taskid: example.appTask },
  },
  handle(context, request) {
    const values = [request.body.audience.fast_custom_tag];
    return pushToWhere(context, request, [{ key: 'custom_tag', values, opt: 'or' }]);
  },
});

function pushToWhere(
  context: ApiContext,
  request: ApiRequest<unknown, PushBody>,
  where: TagWhere,
): Promise<{ taskid: string }> {
  return pushToApp(context, request.app, request, {
    kind: 'tag',
    audience: { where },
    uses: { tagPerDay: 1 },
    taskId: (...of) => taskIdOf('RASA', ...of),
  });
}
