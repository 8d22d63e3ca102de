import { PushData, SingleAliasBody, SingleCidBody } from '../../common/protocol/rest/push.ts';
import type { ApiContext } from './context.ts';
import { endpoint } from './endpoint.ts';
import { invalidTarget } from './faults.ts';
import { doOnce } from './idempotency.ts';
import { checkPush, type PushRequest } from './push-request.ts';
import { sendToCids } from './send.ts';
import { checkOwnCids } from './targets.ts';

export const pushSingleCid = endpoint({
  name: 'push_single_cid',
  method: 'POST',
  path: '/push/single/cid',
  summary: 'Push to one device',
  body: SingleCidBody,
  data: PushData,
  async handle(context, { app, body }) {
    checkPush(body);
    checkOwnCids(context, app, body.audience.cid);
    return sendOnce(context, { app, requestId: body.request_id, cids: body.audience.cid, body });
  },
});

export const pushSingleAlias = endpoint({
  name: 'push_single_alias',
  method: 'POST',
  path: '/push/single/alias',
  summary: 'Push to the devices of one alias',
  body: SingleAliasBody,
  data: PushData,
  async handle(context, { app, body }) {
    checkPush(body);
    const items = [{ app, alias: body.audience.alias[0]! }];
    const { results } = await context.deps.userMysql.cidsOf({ items });
    const cids = results[0]?.cids ?? [];
    if (cids.length === 0) throw invalidTarget();
    return sendOnce(context, { app, requestId: body.request_id, cids, body });
  },
});

async function sendOnce(context: ApiContext, request: PushRequest): Promise<PushData> {
  const { deps, lookups } = context;
  const [data] = await doOnce({
    reservations: lookups,
    app: request.app,
    instance: deps.instance,
    now: deps.now,
    waitMs: deps.limits.repeatWaitMs,
    items: [request],
    work: (due) => sendToCids(context, due),
  });
  return data!;
}
