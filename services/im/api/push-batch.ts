import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { BatchAliasBody, BatchCidBody, type PushBody, PushData } from '../../common/protocol/rest/push.ts';
import type { ApiContext } from './context.ts';
import { type ApiRequest, endpoint, JsonText } from './endpoint.ts';
import { duplicate } from './faults.ts';
import { doOnce } from './idempotency.ts';
import { checkPush, type PushRequest } from './push-request.ts';
import { sendAsTasks, sendNow } from './send.ts';
import { sendAtOnce } from './send-at-once.ts';
import { checkOwnCids } from './targets.ts';

export const pushBatchCid = endpoint({
  name: 'push_batch_cid',
  method: 'POST',
  path: '/push/single/batch/cid',
  summary: 'Push up to 200 messages, each to one device: all or none',
  body: BatchCidBody,
  data: PushData,
  codes: ['pushPerDay', 'queueFull', 'taskTime'],
  admitsItself: true,
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
  handle(context, request) {
    return pushBatch(context, request, ({ audience }) => {
      checkOwnCids(context, request.app, audience.cid);
      return { cids: audience.cid };
    });
  },
});

export const pushBatchAlias = endpoint({
  name: 'push_batch_alias',
  method: 'POST',
  path: '/push/single/batch/alias',
  summary: 'Push up to 200 messages, each to the devices of one alias: all or none',
  body: BatchAliasBody,
  data: PushData,
  codes: ['pushPerDay', 'queueFull', 'taskTime'],
  admitsItself: true,
  example: {
    body: {
      is_async: false,
      msg_list: [
        { request_id: example.requestId, audience: { alias: [example.alias] }, push_message: exampleMessage },
        { request_id: example.nextRequestId, audience: { alias: [example.alias] }, push_message: exampleMessage },
      ],
    },
    data: {
      [example.singleTask]: { [example.cid]: 'successed_online' },
      [example.nextTask]: { [example.cid]: 'successed_online' },
    },
  },
  handle(context, request) {
    return pushBatch(context, request, ({ audience }) => ({ alias: audience.alias[0]! }));
  },
});

async function pushBatch<Message extends PushBody>(
  context: ApiContext,
  asked: ApiRequest<unknown, { is_async?: boolean; msg_list: Message[] }>,
  audienceOf: (message: Message) => PushRequest['audience'],
): Promise<PushData | JsonText | undefined> {
  const { deps, lookups } = context;
  const { app, body: batch, admit, onRepeat } = asked;
  const items = batch.msg_list.map((message, index): PushRequest => {
    checkPush(message, `msg_list[${index}].`);
    return { app, requestId: message.request_id, audience: audienceOf(message), body: message };
  });
  if (new Set(items.map(({ requestId }) => requestId)).size < items.length) throw duplicate('request_id');
  const sent = batch.is_async ? undefined : await sendAtOnce(context, asked, items);
  if (sent) return new JsonText(`{${sent.join()}}`);
  const send = batch.is_async ? sendAsTasks : sendNow;
  const answers = await doOnce<PushRequest, PushData | null>({
    reservations: lookups,
    app,
    admitted: admit(),
    instance: deps.instance,
    now: deps.now,
    waitMs: deps.limits.repeatWaitMs,
    items,
    bodies: batch.msg_list,
    onRepeat,
    // Null is kept of one that was asynchronous.
    fits: (answer) => typeof answer === 'object',
    work: (due) => send(context, due),
  });
  return batch.is_async ? undefined : Object.assign({}, ...answers);
}
