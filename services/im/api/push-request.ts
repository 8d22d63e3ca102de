import type { Identity } from '../../common/identity.ts';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import { encodePush } from '../../common/protocol/push-frame.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import { channelOrdersOf, checkPushChannel } from './channel-orders.ts';
import { invalid } from './faults.ts';
import { lifetimeOf } from './lifetime.ts';
import { checkPushMessage, contentOf, recalledBy } from './push-content.ts';

/** One message of an upstream and whom it is for, checked. */
export interface PushRequest {
  app: string;
  requestId: string;
  audience: { cids: string[] } | { alias: string };
  body: PushBody;
}

/** A message as it goes to the bus, but for its targets. */
export type Message = Omit<RouteRecord, 'id' | 'cids'>;

/**
 * The rules of a push that its schema doesn't say.
 *
 * @param at where it stands in the request: `''` or `msg_list[3].`.
 * @throws ApiFault `parameter`
 */
export function checkPush(body: PushBody, at = ''): void {
  // A lone surrogate would become another id on its way through UTF-8.
  if (!body.request_id.isWellFormed()) throw invalid(`${at}request_id`);
  checkPushMessage(body.push_message, `${at}push_message`);
  checkPushChannel(body.push_channel, `${at}push_channel`);
}

export function messageOf(
  identity: Pick<Identity, 'messageId'>,
  request: PushRequest,
  task: string,
  at: number,
): Message {
  const { app, body } = request;
  const { exp, stored } = lifetimeOf(body, at);
  const content = contentOf(body.push_message);
  const frame = encodePush({ id: identity.messageId(app, task), task, at, exp }, content);
  const message: Message = { app, task, at, exp, stored, body: frame };
  const recalls = recalledBy(content);
  if (recalls !== undefined) message.recalls = recalls;
  if (body.group_name) message.group = body.group_name;
  const channels = channelOrdersOf(body, stored);
  if (channels) message.channels = channels;
  return message;
}
