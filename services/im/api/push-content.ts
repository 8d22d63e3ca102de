import type { Notification, PushContent } from '../../common/protocol/device-frames.ts';
import type { PushMessage, RestNotification } from '../../common/protocol/rest/push-message.ts';
import { ApiFault, empty, invalid } from './faults.ts';

const minDurationMs = 10 * 60_000;

/** The field that a click type needs. */
const neededBy: Partial<Record<RestNotification['click_type'], 'intent' | 'url' | 'payload'>> = {
  intent: 'intent',
  url: 'url',
  payload: 'payload',
  payload_custom: 'payload',
};

/**
 * The rules of a push_message that span fields.
 *
 * @param at where it stands in the request, for the fault's text.
 * @throws ApiFault `parameter`
 */
export function checkPushMessage(message: PushMessage, at = 'push_message'): void {
  const { notification, transmission, revoke, duration } = message;
  const contents = [notification, transmission, revoke].filter((content) => content !== undefined);
  if (contents.length !== 1) {
    throw new ApiFault('parameter', 'please choose one of notification and transmission and revoke');
  }
  if (notification) {
    const needed = neededBy[notification.click_type];
    if (needed && !notification[needed]) throw empty(`${at}.notification.${needed}`);
  }
  if (duration !== undefined) {
    const { start, end } = durationOf(message)!;
    if (end - start <= minDurationMs) throw invalid(`${at}.duration`);
  }
}

/** When a message may be shown, ms since the Unix epoch; undefined: at any time. */
export function durationOf({ duration }: PushMessage): { start: number; end: number } | undefined {
  if (duration === undefined) return undefined;
  const [start, end] = duration.split('-').map(Number) as [number, number];
  return { start, end };
}

/** What devices get of a checked push_message. */
export function contentOf(message: PushMessage): PushContent {
  const { notification, transmission, revoke } = message;
  if (notification) return { notification: deviceNotification(notification) };
  if (transmission !== undefined) return { transmission };
  if (revoke) return { revoke: { task: revoke.old_task_id, force: revoke.force ?? false } };
  throw new TypeError('a push_message without content was not checked');
}

/** Which task's message a content takes back, as part of a record. */
export function recallOf(content: PushContent): { recalls?: string } {
  return 'revoke' in content ? { recalls: content.revoke.task } : {};
}

function deviceNotification(given: RestNotification): Notification {
  const made: Notification = { title: given.title, body: given.body, clickType: given.click_type };
  if (given.url) made.url = given.url;
  if (given.intent) made.intent = given.intent;
  if (given.payload) made.payload = given.payload;
  if (given.logo) made.logo = given.logo;
  if (given.logo_url) made.logoUrl = given.logo_url;
  if (given.channel_id) made.channelId = given.channel_id;
  if (given.channel_name) made.channelName = given.channel_name;
  if (given.channel_level !== undefined) made.channelLevel = given.channel_level;
  if (given.badge_add_num !== undefined) made.badgeAddNum = given.badge_add_num;
  if (given.notify_id !== undefined) made.notifyId = given.notify_id;
  return made;
}
