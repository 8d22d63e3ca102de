import type { Click, VendorMessage } from '../../vendor-message.ts';
import { dataOf } from '../fit.ts';
import { withOptions } from '../shared.ts';
import { cutTo, isBlank, numberOf } from '../text.ts';

/** Characters, Chinese ones like others; an emoji is counted as it is in UTF-16. */
export const maxVivoTitle = 40;
export const maxVivoContent = 100;
export const maxVivoSkipContent = 1_024;
/** An address had another bound once. */
export const maxVivoUrl = 1_000;
/** Keys and values of what the app gets, together. */
export const maxVivoCustom = 1_024;
/** How long a message waits for a device, s. */
export const vivoTtl = { min: 60, max: 86_400 };

const allowed = [
  ...['/classification', '/category', '/notifyType', '/networkType'],
  ...['/profileId', '/foregroundShow', '/pushMode'],
];

export interface VivoMessage {
  appId: number;
  notifyType: 1 | 2 | 4;
  title: string;
  content: string;
  timeToLive: number;
  skipType: 1 | 2 | 4;
  skipContent?: string;
  networkType: -1;
  clientCustomMap: Record<string, string>;
  notifyId: number;
  pushMode: 0;
}

/** A message of vivo's API, without registration id and request id. Undefined if there is nothing to show. */
export function vivoMessage(message: VendorMessage, appId: string): VivoMessage | undefined {
  const { title, body, ttl, level, notifyId, collapseId, options } = message;
  if (isBlank(title) || isBlank(body)) return undefined;
  const made: VivoMessage = {
    appId: Number(appId),
    notifyType: level <= 2 ? 1 : level === 3 ? 2 : 4,
    title: cutTo(title, maxVivoTitle, 'units'),
    content: cutTo(body, maxVivoContent, 'units'),
    timeToLive: Math.min(Math.max(ttl, vivoTtl.min), vivoTtl.max),
    ...skipOf(message.click),
    networkType: -1,
    clientCustomMap: customOf(message),
    // The same for the copy of a try whose answer was lost: it takes the place of the first.
    notifyId: notifyId !== undefined && notifyId >= 1 ? notifyId : numberOf(collapseId),
    pushMode: 0,
  };
  return withOptions(made, options, allowed);
}

/** 1: the app, 2: a web page, 4: a page of the app by an intent. What is too long opens the app. */
function skipOf(click: Click): Pick<VivoMessage, 'skipType' | 'skipContent'> {
  if (click.is === 'url' && click.url.length <= maxVivoUrl) return { skipType: 2, skipContent: click.url };
  if (click.is === 'intent' && click.intent.length <= maxVivoSkipContent) {
    return { skipType: 4, skipContent: click.intent };
  }
  return { skipType: 1 };
}

function customOf(message: VendorMessage): Record<string, string> {
  const whole = dataOf(message);
  return sizeOf(whole) <= maxVivoCustom ? whole : dataOf({ data: message.data });
}

function sizeOf(map: Record<string, string>): number {
  return Object.entries(map).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}
