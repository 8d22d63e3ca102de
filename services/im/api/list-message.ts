import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { ListMessageBody, TaskIdData } from '../../common/protocol/rest/push-list.ts';
import { isTaskId, taskIdOf } from '../../common/protocol/task-ids.ts';
import { endpoint } from './endpoint.ts';
import { doOnce } from './idempotency.ts';
import { checkPush } from './push-request.ts';
import { savedTaskOf } from './saved-message.ts';

export const saveListMessage = endpoint({
  name: 'push_list_message',
  method: 'POST',
  path: '/push/list/message',
  summary: 'Save a message that is then pushed to lists of devices',
  body: ListMessageBody,
  data: TaskIdData,
  example: {
    body: {
      request_id: example.requestId,
      group_name: example.group,
      settings: { ttl: 86_400_000 },
      push_message: exampleMessage,
    },
    data: { taskid: example.listTask },
  },
  async handle({ deps, lookups }, { app, body }) {
    checkPush(body);
    const [taskid] = await doOnce({
      reservations: lookups,
      app,
      instance: deps.instance,
      now: deps.now,
      waitMs: deps.limits.repeatWaitMs,
      items: [{ requestId: body.request_id }],
      fits: isTaskId('RASL'),
      work: async ([due]) => {
        const id = taskIdOf('RASL', app, body.request_id, due!.day);
        await deps.userMysql.saveTask(savedTaskOf('list', app, id, body, deps.now()));
        return [id];
      },
    });
    return { taskid: taskid! };
  },
});
