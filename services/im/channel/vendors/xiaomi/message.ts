import type { Click, VendorMessage } from '../../vendor-message.ts';
import { dataOf } from '../fit.ts';
import { withOptions } from '../shared.ts';
import { cutTo, isBlank, numberOf } from '../text.ts';

/** Each has to be shorter than 50 and 128 characters, of which any counts as one. */
export const maxXiaomiTitle = 49;
export const maxXiaomiDescription = 127;
/** A payload has to be shorter than 4 KB, a character counting as one. */
export const maxXiaomiPayload = 4_095;
/** Characters of the value of an `extra`, and how many of these there may be. */
export const maxXiaomiExtra = 1_024;
export const maxXiaomiExtras = 10;

const allowed = ['/notify_type', '/extra.channel_id'];

/** The form of Mi Push's v3 API, without registration ids. Undefined if there is nothing to show. */
export function xiaomiForm(
  message: VendorMessage,
  { packageName, channelId }: { packageName: string; channelId?: string | undefined },
): Record<string, string> | undefined {
  const { title, body, ttl, payload, notifyId, collapseId, data, options } = message;
  if (isBlank(title) || isBlank(body)) return undefined;
  const own: Record<string, string> = {
    restricted_package_name: packageName,
    pass_through: '0',
    title: cutTo(title, maxXiaomiTitle, 'units'),
    description: cutTo(body, maxXiaomiDescription, 'units'),
    time_to_live: String(ttl * 1_000),
    // Without one, a notification takes the place of the app's last.
    notify_id: String(notifyId ?? numberOf(collapseId)),
    ...(payload === undefined || isBlank(payload) ? {} : { payload: cutTo(payload, maxXiaomiPayload, 'units') }),
    ...(channelId === undefined ? {} : { 'extra.channel_id': channelId }),
    ...clickOf(message.click),
  };
  for (const [name, value] of Object.entries(dataOf({ data }))) own[`extra.${name}`] = value;
  const extras = Object.keys(options).filter((path) => /^\/extra\.[A-Za-z0-9_.-]{1,64}$/.test(path));
  return formOf(own, withOptions(own, options, [...allowed, ...extras]));
}

/** What is given besides the message's own fields, as far as it is text that fits, up to the number of extras. */
function formOf(own: Record<string, string>, given: Record<string, unknown>): Record<string, string> {
  const form = { ...own };
  let extras = Object.keys(own).filter((name) => name.startsWith('extra.')).length;
  for (const [name, value] of Object.entries(given)) {
    if (value === own[name] || !['string', 'number', 'boolean'].includes(typeof value)) continue;
    const text = String(value).toWellFormed();
    const isNew = name.startsWith('extra.') && !(name in own);
    if (text.length > maxXiaomiExtra || (isNew && extras >= maxXiaomiExtras)) continue;
    if (isNew) extras++;
    form[name] = text;
  }
  return form;
}

/** 1: the app, 2: a page of it by an intent, 3: a web page. What is too long for an extra opens the app. */
function clickOf(click: Click): Record<string, string> {
  if (click.is === 'url' && click.url.length <= maxXiaomiExtra) {
    return { 'extra.notify_effect': '3', 'extra.web_uri': click.url.toWellFormed() };
  }
  if (click.is === 'intent' && click.intent.length <= maxXiaomiExtra) {
    return { 'extra.notify_effect': '2', 'extra.intent_uri': click.intent.toWellFormed() };
  }
  return { 'extra.notify_effect': '1' };
}
