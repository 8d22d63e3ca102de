import type { Notification, PushContent } from '../../common/protocol/device-frames.ts';
import { messageFaults } from '../../common/protocol/rest/message-rules.ts';
import type { PushMessage, RestNotification } from '../../common/protocol/rest/push-message.ts';
import { ApiFault, empty, invalid } from './faults.ts';

/**
 * The rules of a push_message that span fields.
 *
 * @param at where it stands in the request, for the fault's text.
 * @throws ApiFault `parameter`
 */
export function checkPushMessage(message: PushMessage, at = 'push_message'): void {
  const [fault] = messageFaults(message);
  switch (fault?.what) {
    case undefined:
      return;
    case 'content':
      throw new ApiFault('parameter', 'please choose one of notification and transmission and revoke');
    case 'empty':
      throw empty(`${at}.${fault.field}`);
    case 'invalid':
      throw invalid(`${at}.${fault.field}`);
  }
}

/** What devices get of a checked push_message. */
export function contentOf(message: PushMessage): PushContent {
  const { notification, transmission, revoke } = message;
  if (notification) return { notification: deviceNotification(notification) };
  if (transmission !== undefined) return { transmission };
  if (revoke) return { revoke: { task: revoke.old_task_id, force: revoke.force ?? false } };
  throw new TypeError('a push_message without content was not checked');
}

/** Which task's message a content takes back. */
export function recalledBy(content: PushContent): string | undefined {
  return 'revoke' in content ? content.revoke.task : undefined;
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
