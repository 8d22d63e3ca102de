import type { PushMessage, RestNotification } from './push-message.ts';

/** Longer than this has to be the time in which a message may be shown. */
export const minDurationMs = 10 * 60_000;

/** The field that a click type needs. */
const neededBy: Partial<Record<RestNotification['click_type'], 'intent' | 'url' | 'payload'>> = {
  intent: 'intent',
  url: 'url',
  payload: 'payload',
  payload_custom: 'payload',
};

/** What is wrong with a message whose fields fit: `field` within it; `content`: there isn't exactly one. */
export type MessageFault = { what: 'content' } | { what: 'empty' | 'invalid'; field: string };

/** The rules of a push_message that span fields. */
export function messageFaults(message: PushMessage): MessageFault[] {
  const { notification, transmission, revoke } = message;
  const contents = [notification, transmission, revoke].filter((content) => content !== undefined);
  const faults: MessageFault[] = contents.length === 1 ? [] : [{ what: 'content' }];
  const needed = notification && neededBy[notification.click_type];
  if (needed && !notification[needed]) faults.push({ what: 'empty', field: `notification.${needed}` });
  const shown = durationOf(message);
  if (shown && shown.end - shown.start <= minDurationMs) faults.push({ what: 'invalid', field: 'duration' });
  return faults;
}

/** When a message may be shown, ms since the Unix epoch; undefined: at any time. */
export function durationOf({ duration }: PushMessage): { start: number; end: number } | undefined {
  if (duration === undefined) return undefined;
  const [start, end] = duration.split('-').map(Number) as [number, number];
  return { start, end };
}
