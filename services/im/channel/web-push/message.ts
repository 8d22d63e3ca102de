import type { ChannelMessage } from '../../../common/protocol/channel-records.ts';
import type { Notification, PushContent } from '../../../common/protocol/device-frames.ts';
import type { PushHead } from '../../../common/protocol/push-frame.ts';
import type { WebPushOrders } from '../../../common/protocol/rest/push-channel.ts';
import { collapseIdOf } from '../collapse-id.ts';

export interface WebPushMessage {
  payload: string;
  /** How long the push service is to keep it, s. */
  ttl: number;
  urgency: NonNullable<WebPushOrders['urgency']>;
  /** A later message of the same topic takes the place of one that is not delivered yet. */
  topic: string;
}

/** Bytes of plain text that every push service takes: 4,096 less a header of 86, one of padding and a tag of 16 (RFC 8291, 4). */
export const maxPayloadBytes = 3_993;

/** What is left out of a notification that is too long, one after another; the rest fits by the bounds of the API. */
const spared = ['payload', 'intent', 'logoUrl', 'url'] as const;

/**
 * A message as a device's service worker gets it: the push frame without a position, with `partial` if something was left
 * out. Undefined if there is nothing to show, which browsers want of each message.
 */
export function webPushMessage({ body, exp, orders }: ChannelMessage, now: number): WebPushMessage | undefined {
  const frame = JSON.parse(body) as PushHead & { t: string } & PushContent;
  const given = (orders.given?.['webpush'] ?? {}) as WebPushOrders;
  const notification = shown('notification' in frame ? frame.notification : undefined, given);
  if (!notification) return undefined;
  const { t, id, task, at } = frame;
  return {
    payload: fitting({ t, id, task, at, exp: frame.exp }, notification),
    ttl: Math.max(1, Math.ceil((exp - now) / 1_000)),
    urgency: given.urgency ?? urgencyOf(notification.channelLevel),
    topic: collapseIdOf(id, notification.notifyId),
  };
}

/** The notification with what is given for this channel in its place; of a transmission, what is given alone. */
function shown(notification: Notification | undefined, { title, body, url }: WebPushOrders): Notification | undefined {
  const base = notification ?? (title && body ? { title, body, clickType: 'startapp' } : undefined);
  if (!base) return undefined;
  return { ...base, ...(title ? { title } : {}), ...(body ? { body } : {}), ...(url ? { url, clickType: 'url' } : {}) };
}

function fitting(head: object, notification: Notification): string {
  let left = { ...notification };
  let text = JSON.stringify({ ...head, notification: left });
  for (const field of spared) {
    if (Buffer.byteLength(text) <= maxPayloadBytes) break;
    const { [field]: _, ...rest } = left;
    left = rest as Notification;
    text = JSON.stringify({ ...head, notification: left, partial: true });
  }
  return text;
}

/** By the importance that an upstream gives its notification: 3 is the default. */
function urgencyOf(channelLevel = 3): WebPushMessage['urgency'] {
  if (channelLevel >= 4) return 'high';
  return channelLevel >= 2 ? 'normal' : 'low';
}
