import { example, exampleMessage } from '../../common/protocol/rest/examples.ts';
import { PushData, SingleAliasBody, SingleCidBody } from '../../common/protocol/rest/push.ts';
import type { ApiContext } from './context.ts';
import { endpoint, JsonText } from './endpoint.ts';
import { doOnce, type OnRepeat } from './idempotency.ts';
import { checkPush, type PushRequest } from './push-request.ts';
import { takeQuota } from './quota.ts';
import { sendNow } from './send.ts';
import { sendAtOnce } from './send-at-once.ts';
import { checkOwnCids } from './targets.ts';

export const pushSingleCid = endpoint({
  name: 'push_single_cid',
  method: 'POST',
  path: '/push/single/cid',
  summary: 'Push to one device',
  body: SingleCidBody,
  data: PushData,
  codes: ['pushPerDay', 'queueFull', 'taskTime'],
  admitsItself: true,
  example: {
    body: {
      request_id: example.requestId,
      settings: { ttl: 3_600_000 },
      audience: { cid: [example.cid] },
      push_message: {
        notification: {
          title: 'Your order',
          body: 'It is on its way',
          click_type: 'url',
          url: 'https://shop.example/2041',
        },
      },
    },
    data: { [example.singleTask]: { [example.cid]: 'successed_online' } },
  },
  async handle(context, asked) {
    const { app, body, admit, onRepeat } = asked;
    checkPush(body);
    checkOwnCids(context, app, body.audience.cid);
    const request = { app, requestId: body.request_id, audience: { cids: body.audience.cid }, body };
    const sent = await sendAtOnce(context, asked, [request]);
    return sent ? new JsonText(`{${sent[0]}}`) : sendOnce(context, request, admit(), onRepeat);
  },
});

export const pushSingleAlias = endpoint({
  name: 'push_single_alias',
  method: 'POST',
  path: '/push/single/alias',
  summary: 'Push to the devices of one alias',
  body: SingleAliasBody,
  data: PushData,
  codes: ['pushPerDay', 'queueFull', 'taskTime'],
  admitsItself: true,
  example: {
    body: { request_id: example.requestId, audience: { alias: [example.alias] }, push_message: exampleMessage },
    data: { [example.singleTask]: { [example.cid]: 'successed_offline' } },
  },
  async handle(context, { app, body, admit, onRepeat }) {
    checkPush(body);
    const request = { app, requestId: body.request_id, audience: { alias: body.audience.alias[0]! }, body };
    return sendOnce(context, request, admit(), onRepeat);
  },
});

async function sendOnce(
  context: ApiContext,
  request: PushRequest,
  admitted: Promise<void>,
  onRepeat: OnRepeat,
): Promise<PushData> {
  const { deps, lookups } = context;
  // Along with the other look-ups; a repeat, or a push that fails, gives it back.
  const quota = takeQuota(context, request.app, { pushesPerDay: 1 });
  let sent = false;
  try {
    const [data] = await doOnce({
      reservations: lookups,
      app: request.app,
      admitted,
      instance: deps.instance,
      now: deps.now,
      waitMs: deps.limits.repeatWaitMs,
      items: [request],
      bodies: [request.body],
      onRepeat,
      fits: (answer) => answer !== null && typeof answer === 'object',
      work: async (due) => {
        const made = await sendNow(context, due, quota);
        sent = true;
        return made;
      },
    });
    return data!;
  } finally {
    if (!sent) await quota.giveBack();
  }
}
