import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { BatchCidBody, PushData } from '../../common/protocol/rest/push.ts';
import { endpoint } from './endpoint.ts';
import { duplicate } from './faults.ts';
import { type Due, doOnce } from './idempotency.ts';
import { checkPush, type PushRequest } from './push-request.ts';
import { sendAsTasks, sendToCids } from './send.ts';
import { checkOwnCids } from './targets.ts';

export const pushBatchCid = endpoint({
  name: 'push_batch_cid',
  method: 'POST',
  path: '/push/single/batch/cid',
  summary: 'Push up to 200 messages, each to one device: all or none',
  body: BatchCidBody,
  data: PushData,
  codes: ['pushPerDay', 'queueFull'],
  example: {
    body: {
      is_async: false,
      msg_list: [
        { request_id: example.requestId, audience: { cid: [example.cid] }, push_message: exampleMessage },
        { request_id: example.nextRequestId, audience: { cid: [example.cid] }, push_message: exampleMessage },
      ],
    },
    data: {
      [example.singleTask]: { [example.cid]: 'successed_online' },
      [example.nextTask]: { [example.cid]: 'successed_online' },
    },
  },
  async handle(context, { app, body }) {
    const { deps, lookups } = context;
    const items = body.msg_list.map((message, index): PushRequest => {
      checkPush(message, `msg_list[${index}].`);
      checkOwnCids(context, app, message.audience.cid);
      return { app, requestId: message.request_id, cids: message.audience.cid, body: message };
    });
    if (new Set(items.map(({ requestId }) => requestId)).size < items.length) throw duplicate('request_id');
    const send = body.is_async ? sendAsTasks : sendToCids;
    const answers = await doOnce<PushRequest, PushData | null>({
      reservations: lookups,
      app,
      instance: deps.instance,
      now: deps.now,
      waitMs: deps.limits.repeatWaitMs,
      items,
      // Null is kept of one that was asynchronous.
      fits: (answer) => typeof answer === 'object',
      work: (due: Due<PushRequest>[]) => send(context, due),
    });
    if (body.is_async) return undefined;
    return Object.assign({}, ...answers) as PushData;
  },
});
