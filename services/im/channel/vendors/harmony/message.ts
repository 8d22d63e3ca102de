import type { VendorMessage } from '../../vendor-message.ts';
import { dataOf, fitting, withGoodOptions } from '../fit.ts';
import { isBlank } from '../text.ts';

/** Bytes of a message without its tokens, as Push Kit counts them. */
export const maxHarmonyBytes = 4_096;

const allowed = ['/payload', '/pushOptions'];

/** The one that every app may send; the others have to be applied for. */
const defaultCategory = 'MARKETING';

export interface HarmonyRequest {
  payload: {
    notification: {
      category: string;
      title: string;
      body: string;
      clickAction: { actionType: number; data: Record<string, string> };
      image?: string;
      notifyId?: number;
      badge?: { addNum: number };
    };
  };
  pushOptions: { ttl: number; biTag: string };
  target: { token: string[] };
}

/** The request of Push Kit's v3 API, a notification, without tokens. Undefined if there is nothing to show. */
export function harmonyRequest(message: VendorMessage): HarmonyRequest | undefined {
  if (isBlank(message.title) || isBlank(message.body)) return undefined;
  return fitting(message, maxHarmonyBytes, (fitted) =>
    withGoodOptions(requestOf(fitted), fitted.options, allowed, (made) => made.payload.notification),
  );
}

function requestOf(message: VendorMessage): HarmonyRequest {
  const { title, body, ttl, task, logoUrl, notifyId, badgeAdd } = message;
  return {
    payload: {
      notification: {
        category: defaultCategory,
        title: title.toWellFormed(),
        body: body.toWellFormed(),
        clickAction: { actionType: 0, data: clickData(message) },
        ...(logoUrl?.startsWith('https://') ? { image: logoUrl } : {}),
        ...(notifyId === undefined ? {} : { notifyId }),
        ...(badgeAdd === undefined || badgeAdd < 1 ? {} : { badge: { addNum: Math.min(badgeAdd, 99) } }),
      },
    },
    pushOptions: { ttl, biTag: task.slice(0, 64) },
    target: { token: [] },
  };
}

/** A tap opens the app's home: neither web pages nor intents of Android can be opened, so the app gets what was asked for. */
function clickData(message: VendorMessage): Record<string, string> {
  const { click } = message;
  const made = dataOf(message);
  if (click.is === 'url') made['url'] = click.url;
  if (click.is === 'intent') made['intent'] = click.intent;
  return made;
}
