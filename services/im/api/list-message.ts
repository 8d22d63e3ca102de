import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { ListMessageBody, TaskIdData } from '../../common/protocol/rest/push-list.ts';
import { isTaskId, taskIdOf } from '../../common/protocol/task-ids.ts';
import { endpoint } from './endpoint.ts';
import { doOnce } from './idempotency.ts';
import { checkPush } from './push-request.ts';
import { savedTaskOf } from './saved-message.ts';
import { dueTimeOf } from './schedule-time.ts';

export const saveListMessage = endpoint({
  name: 'push_list_message',
  method: 'POST',
  path: '/push/list/message',
  summary: 'Save a message that is then pushed to lists of devices',
  body: ListMessageBody,
  data: TaskIdData,
  codes: ['taskTime'],
  example: {
    body: {
      request_id: example.requestId,
      group_name: example.group,
      settings: { ttl: 86_400_000 },
      push_message: exampleMessage,
    },
    data: { taskid: example.listTask },
  },
  async handle(context, { app, body, admit, onRepeat }) {
    const { deps, lookups } = context;
    checkPush(body);
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
      fits: isTaskId('RASL'),
      work: async ([due]) => {
        const begunMs = deps.now();
        const id = taskIdOf('RASL', app, body.request_id, due!.day);
        const dueAt = await dueTimeOf(context, app, id, body);
        const madeAt = deps.now();
        const saved = savedTaskOf('list', app, id, body, dueAt ?? madeAt);
        await deps.userMysql.saveTask(dueAt === undefined ? saved : { ...saved, madeAt });
        deps.traces?.record('accept', id, begunMs);
        return [id];
      },
    });
    return { taskid: taskid! };
  },
});
