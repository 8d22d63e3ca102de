import { maxBroadcasts } from '../../common/protocol/broadcast-calls.ts';
import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { AllPushBody } from '../../common/protocol/rest/push-all.ts';
import { TaskIdData } from '../../common/protocol/rest/push-list.ts';
import { broadcastTaskId, taskIdOf } from '../../common/protocol/task-ids.ts';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { ApiFault } from './faults.ts';
import { pushToApp } from './push-app.ts';

export const pushAll = endpoint({
  name: 'push_all',
  method: 'POST',
  path: '/push/all',
  summary: 'Push to all devices of the app',
  body: AllPushBody,
  data: TaskIdData,
  codes: ['allPerDay', 'appPerMinute', 'queueFull', 'taskTime'],
  example: {
    body: { request_id: example.requestId, audience: 'all', push_message: exampleMessage },
    data: { taskid: example.broadcastTask },
  },
  async handle(context, { app, body, admit, onRepeat }) {
    const atSpeed = (body.settings?.speed ?? 0) > 0;
    return pushToApp(
      context,
      app,
      { body, admit, onRepeat },
      {
        kind: 'all',
        audience: { all: true },
        uses: { allPerDay: 1 },
        taskId: atSpeed ? (...of) => taskIdOf('RASA', ...of) : broadcastTaskId,
        check: () => (atSpeed ? Promise.resolve() : refuseFullLog(context, app)),
      },
    );
  },
});

/** @throws ApiFault `queueFull` */
async function refuseFullLog({ lookups }: ApiContext, app: string): Promise<void> {
  if ((await lookups.broadcasts(app)) >= maxBroadcasts) {
    throw new ApiFault('queueFull', `busy: ${maxBroadcasts} pushes to the app have not expired yet`);
  }
}
