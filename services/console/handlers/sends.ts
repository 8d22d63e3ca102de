import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { PushCheck, PushOrder, sendsCalls } from '../calls/sends.ts';
import { badField } from '../core/fault.ts';
import { checkOrder } from '../core/push-order.ts';
import { curlOf, upstreamPushOf } from '../core/upstream-push.ts';
import type { UpstreamApi } from '../edges/upstream-api.ts';
import { estimateOf } from '../estimate.ts';
import type { Handlers } from './handler.ts';

export interface SendsDeps {
  mysql: Client<UserMysqlCalls>;
  upstream: Pick<UpstreamApi, 'post'>;
  /** Of the API, as upstreams reach it. */
  apiUrl: string;
  now: () => number;
}

/** Pushes of people. */
export function sendsHandlers({ mysql, upstream, apiUrl, now }: SendsDeps): Handlers<typeof sendsCalls> {
  return {
    async push({ params: { app }, body, note }) {
      note({ target: body.requestId, detail: { audience: body.audience.kind } });
      const { faults, order } = checkOrder(body, now());
      const [first] = faults;
      if (!order) throw badField(first?.field ?? 'body', first?.reason ?? 'wrong_form', first?.allowed, first?.params);
      const taskId = await send(upstream, app, order);
      note({ target: taskId });
      return { taskId };
    },

    async checkPush({ params: { app }, body }): Promise<PushCheck> {
      const { faults, order } = checkOrder(body, now());
      const { unknown, estimate } = await estimateOf(mysql, app, body.audience, now);
      const all = [...faults, ...unknown].slice(0, maxFaults);
      const curl = order ? curlOf(upstreamPushOf(order), apiUrl, app) : null;
      return { faults: all, estimate, curl: all.length > 0 ? null : curl };
    },
  };
}

const maxFaults = 50;

/**
 * @param asList also to one device: one of several parts of a list.
 * @returns the task's id.
 * @throws ConsoleFault
 */
export async function send(
  upstream: Pick<UpstreamApi, 'post'>,
  app: string,
  order: PushOrder,
  asList = false,
): Promise<string> {
  const push = upstreamPushOf(order, asList);
  if (push.kind === 'list') {
    const { taskid } = (await upstream.post(app, push.message.path, push.message.body)) as { taskid: string };
    const list = push.listOf(taskid);
    await upstream.post(app, list.path, list.body);
    return taskid;
  }
  const data = await upstream.post(app, push.call.path, push.call.body);
  // A single push is answered by task and device, one to many by its task.
  const { taskid } = data as { taskid?: string };
  return taskid ?? Object.keys(data as object)[0]!;
}
