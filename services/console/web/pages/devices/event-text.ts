import type { Dictionary } from '../../i18n/dictionary.ts';

const known = ['target', 'sent', 'arrived', 'shown', 'clicked', 'dismissed', 'failed'] as const;

/** What an event is called; one of the app's own is called by its name. */
export function eventText(event: string, t: Dictionary): string {
  const name = known.find((one) => one === event);
  return name === undefined ? event : t.tasks[name];
}
