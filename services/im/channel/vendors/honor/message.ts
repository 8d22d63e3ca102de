import type { VendorMessage } from '../../vendor-message.ts';
import { dataOf, fitting, withGoodOptions } from '../fit.ts';
import { clickAction } from '../huawei/message.ts';
import { isBlank } from '../text.ts';

/** Bytes of a message without its tokens. Not stated by Honor as far as is known: taken from Huawei's API, whose form this one has. */
export const maxHonorBytes = 4_096;

const allowed = ['/android'];

export interface HonorRequest {
  data: string;
  android: {
    ttl: string;
    biTag: string;
    notification: {
      title: string;
      body: string;
      clickAction: object;
      importance: 'LOW' | 'NORMAL';
      image?: string;
      notifyId?: number;
      tag?: string;
      badge?: Record<string, unknown>;
    };
  };
  token: string[];
}

/** The request of Honor's API, without tokens. Undefined if there is nothing to show. */
export function honorRequest(message: VendorMessage): HonorRequest | undefined {
  if (isBlank(message.title) || isBlank(message.body)) return undefined;
  return fitting(message, maxHonorBytes, (fitted) =>
    withBadge(withGoodOptions(requestOf(fitted), fitted.options, allowed, (made) => made.android.notification)),
  );
}

function requestOf(message: VendorMessage): HonorRequest {
  const { title, body, ttl, task, level, logoUrl, notifyId, collapseId, badgeAdd } = message;
  return {
    data: JSON.stringify(dataOf(message)),
    android: {
      ttl: `${ttl}s`,
      biTag: task,
      notification: {
        title: title.toWellFormed(),
        body: body.toWellFormed(),
        clickAction: clickAction(message.click),
        importance: level >= 2 ? 'NORMAL' : 'LOW',
        ...(logoUrl?.startsWith('https://') ? { image: logoUrl } : {}),
        ...(notifyId === undefined ? { tag: collapseId } : { notifyId }),
        ...(badgeAdd === undefined || badgeAdd < 1 ? {} : { badge: { addNum: Math.min(badgeAdd, 99) } }),
      },
    },
    token: [],
  };
}

/** A badge needs the class of the app's entry, which the upstream's options alone can say. */
function withBadge(request: HonorRequest): HonorRequest {
  const { notification } = request.android;
  if (notification.badge !== undefined && typeof notification.badge?.['badgeClass'] !== 'string')
    delete notification.badge;
  return request;
}
