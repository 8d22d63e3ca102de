import type { Click, VendorMessage } from '../../vendor-message.ts';
import { dataOf, fitting, withGoodOptions } from '../fit.ts';
import { isBlank } from '../text.ts';

/** Bytes of a message without its tokens, as Push Kit counts them. */
export const maxHuaweiBytes = 4_096;

/** What upstreams may set of a request: neither the tokens nor whether it is a test. */
const allowed = ['/message/android'];

export interface HuaweiRequest {
  validate_only: boolean;
  message: { data: string; android: HuaweiAndroid; token: string[] };
}

interface HuaweiAndroid {
  ttl: string;
  bi_tag: string;
  notification: {
    title: string;
    body: string;
    click_action: object;
    importance: 'LOW' | 'NORMAL';
    image?: string;
    channel_id?: string;
    notify_id?: number;
    tag?: string;
    badge?: Record<string, unknown>;
  };
}

/** The request of Push Kit's v1 and v2 API, without tokens. Undefined if there is nothing to show. */
export function huaweiRequest(message: VendorMessage): HuaweiRequest | undefined {
  if (isBlank(message.title) || isBlank(message.body)) return undefined;
  return fitting(message, maxHuaweiBytes, (fitted) =>
    withBadge(withGoodOptions(requestOf(fitted), fitted.options, allowed, (made) => made.message.android.notification)),
  );
}

function requestOf(message: VendorMessage): HuaweiRequest {
  const { title, body, ttl, task, level, logoUrl, channelId, notifyId, collapseId, badgeAdd } = message;
  return {
    validate_only: false,
    message: {
      data: JSON.stringify(dataOf(message)),
      android: {
        ttl: `${ttl}s`,
        bi_tag: task,
        notification: {
          title: title.toWellFormed(),
          body: body.toWellFormed(),
          click_action: clickAction(message.click),
          importance: level >= 2 ? 'NORMAL' : 'LOW',
          ...(logoUrl?.startsWith('https://') ? { image: logoUrl } : {}),
          ...(channelId === undefined ? {} : { channel_id: channelId }),
          // With a tag of its own, the copy of a try whose answer was lost takes the place of the first.
          ...(notifyId === undefined ? { tag: collapseId } : { notify_id: notifyId }),
          ...(badgeAdd === undefined || badgeAdd < 1 ? {} : { badge: { add_num: Math.min(badgeAdd, 99) } }),
        },
      },
      token: [],
    },
  };
}

/** Only addresses of https can be opened. A page that can't be, and no action at all, is opening the app. */
export function clickAction(click: Click): { type: 1; intent: string } | { type: 2; url: string } | { type: 3 } {
  if (click.is === 'url' && click.url.startsWith('https://')) return { type: 2, url: click.url };
  if (click.is === 'intent') return { type: 1, intent: click.intent };
  return { type: 3 };
}

/** A badge needs the class of the app's entry, which the upstream's options alone can say. */
function withBadge(request: HuaweiRequest): HuaweiRequest {
  const { notification } = request.message.android;
  if (notification.badge !== undefined && typeof notification.badge?.['class'] !== 'string') delete notification.badge;
  return request;
}
