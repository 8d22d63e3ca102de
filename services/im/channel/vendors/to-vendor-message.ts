import type { VendorKind } from '../../../common/protocol/channel-credentials.ts';
import type { ChannelMessage } from '../../../common/protocol/channel-records.ts';
import type { Notification, PushContent } from '../../../common/protocol/device-frames.ts';
import type { PushHead } from '../../../common/protocol/push-frame.ts';
import { collapseIdOf } from '../collapse-id.ts';
import type { Click, VendorMessage } from '../vendor-message.ts';

type Fields = Record<string, unknown>;

/** Where `options` of Getui's `push_channel` have what is for one vendor. */
const optionNames: Record<VendorKind, string> = {
  fcm: 'FCM',
  apns: 'IOS',
  huawei: 'HW',
  xiaomi: 'XM',
  oppo: 'OP',
  vivo: 'VV',
  honor: 'HO',
  harmony: 'HW',
};

/**
 * A message as a channel of this kind shows it: the notification, with what `push_channel` gives for the kind in its place;
 * of a transmission what is given alone. Undefined if that leaves nothing to show. What is given was not checked: fields of
 * a wrong type or over their bounds count as missing.
 */
export function toVendorMessage(kind: VendorKind, message: ChannelMessage, now: number): VendorMessage | undefined {
  const frame = JSON.parse(message.body) as PushHead & PushContent;
  const { shown, options } = givenFor(kind, message.orders.given ?? {});
  const ios = kind === 'apns' ? objectOf(message.orders.given?.['ios']) : undefined;
  const base = 'notification' in frame ? frame.notification : undefined;
  const title = textOf(shown['title'], 50) ?? base?.title;
  const body = textOf(shown['body'], 256) ?? base?.body;
  const silent = ios !== undefined && isSilent(ios);
  if ((title === undefined || body === undefined) && !(silent && !base)) return undefined;
  const payload = textOf(shown['payload'], 3_072) ?? base?.payload;
  const notifyId = numberOf(shown['notify_id'], 2_147_483_647) ?? base?.notifyId;
  const { channelId, channelName, channelLevel, logoUrl, badgeAddNum: badgeAdd } = base ?? {};
  return {
    id: frame.id,
    task: message.task,
    title: title ?? '',
    body: body ?? '',
    click: clickOf(shown, base),
    ttl: Math.min(259_200, Math.max(1, Math.ceil((message.exp - now) / 1_000))),
    exp: message.exp,
    level: Math.min(4, Math.max(0, channelLevel ?? 3)),
    ...defined({ payload, channelId, channelName, logoUrl, badgeAdd, notifyId, ios }),
    collapseId: collapseIdOf(frame.id, notifyId),
    data: { lw_id: frame.id, lw_task: message.task },
    options,
  };
}

function givenFor(kind: VendorKind, given: Record<string, Fields>): { shown: Fields; options: Fields } {
  const none = { shown: {}, options: {} };
  if (kind === 'apns') {
    const { alert } = objectOf(given['ios']?.['aps']);
    const shown = typeof alert === 'string' ? { body: alert } : objectOf(alert);
    return { shown: { ...shown, payload: given['ios']?.['payload'] }, options: {} };
  }
  const part = kind === 'harmony' ? given['harmony'] : objectOf(given['android']?.['ups']);
  if (part === undefined) return none;
  const options = objectOf(part['options']);
  return {
    shown: objectOf(part['notification']),
    options: { ...objectOf(options['ALL']), ...objectOf(options[optionNames[kind]]) },
  };
}

/** iOS wakes the app without showing anything. */
function isSilent(ios: Fields): boolean {
  const aps = objectOf(ios['aps']);
  return aps['content-available'] === 1 && aps['alert'] === undefined;
}

function clickOf(given: Fields, base: Notification | undefined): Click {
  const given1 = textOf(given['click_type'], 32);
  const type = given1 ?? base?.clickType;
  const url = textOf(given['url'], 1_024) ?? base?.url;
  const intent = textOf(given['intent'], 4_096) ?? base?.intent;
  if (type === 'url' && url !== undefined) return { is: 'url', url };
  if (type === 'intent' && intent !== undefined) return { is: 'intent', intent };
  if (type === 'payload' || type === 'payload_custom') return { is: 'payload' };
  return type === 'none' ? { is: 'none' } : { is: 'app' };
}

/** The fields that are there. */
function defined<Given extends object>(given: Given): { [Name in keyof Given]?: NonNullable<Given[Name]> } {
  const kept = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Name in keyof Given]?: NonNullable<Given[Name]> };
}

function objectOf(given: unknown): Fields {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : {};
}

function textOf(given: unknown, maxLength: number): string | undefined {
  return typeof given === 'string' && given !== '' && given.length <= maxLength ? given : undefined;
}

function numberOf(given: unknown, maximum: number): number | undefined {
  return Number.isInteger(given) && (given as number) >= 0 && (given as number) <= maximum
    ? (given as number)
    : undefined;
}
