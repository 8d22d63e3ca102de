import type { Click, VendorMessage } from '../../vendor-message.ts';
import { dataOf } from '../fit.ts';
import { withOptions } from '../shared.ts';
import { cutTo, isBlank, shortId } from '../text.ts';

/** Code points: letters, Chinese characters and emoji count as one each. */
export const maxOppoTitle = 50;
/** Of the content in the standard style, and in that of long texts. */
export const maxOppoContent = 50;
export const maxOppoLongContent = 128;
export const maxOppoUrl = 2_000;
export const maxOppoParameters = 4_000;
/** How long a message waits for a device, s: ten days at the most. */
const maxTtl = 864_000;

const allowed = [
  ...['/channel_id', '/category', '/notify_level', '/private_msg_template_id'],
  ...['/sub_title', '/small_picture_id', '/show_ttl', '/network_type'],
];

export interface OppoNotification {
  app_message_id: string;
  style: 1 | 2;
  title: string;
  content: string;
  click_action_type: 0 | 2 | 5;
  click_action_url?: string;
  action_parameters?: string;
  off_line: true;
  off_line_ttl: number;
  notify_id?: number;
}

/** The `notification` of OPPO's API. Undefined if there is nothing to show. */
export function oppoNotification(message: VendorMessage): OppoNotification | undefined {
  const { id, title, body, ttl, notifyId, options } = message;
  if (isBlank(title) || isBlank(body)) return undefined;
  const isLong = [...body].length > maxOppoContent;
  const made: OppoNotification = {
    // One that was sent to a device isn't sent to it again: so it is of the message, not of what it takes the place of.
    app_message_id: shortId(id),
    style: isLong ? 2 : 1,
    title: cutTo(title, maxOppoTitle, 'points'),
    content: cutTo(body, isLong ? maxOppoLongContent : maxOppoContent, 'points'),
    ...clickOf(message.click, message),
    off_line: true,
    off_line_ttl: Math.min(ttl, maxTtl),
    ...(notifyId === undefined ? {} : { notify_id: notifyId }),
  };
  return withOptions(made, options, allowed);
}

type ClickFields = Pick<OppoNotification, 'click_action_type' | 'click_action_url' | 'action_parameters'>;

/** 0: the app, 2: a web page, 5: an intent. Parameters would be put into the address of these, so that they go without. */
function clickOf(click: Click, message: VendorMessage): ClickFields {
  if (click.is === 'url' && click.url.length <= maxOppoUrl)
    return { click_action_type: 2, click_action_url: click.url };
  if (click.is === 'intent' && click.intent.length <= maxOppoUrl) {
    return { click_action_type: 5, click_action_url: click.intent };
  }
  const whole = JSON.stringify(dataOf(message));
  const parameters = whole.length <= maxOppoParameters ? whole : JSON.stringify(dataOf({ data: message.data }));
  return { click_action_type: 0, action_parameters: parameters };
}
