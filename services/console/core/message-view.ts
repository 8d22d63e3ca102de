import type { MessageView } from '../calls/tasks.ts';

const maxTextLength = 500;

interface Content {
  notification?: { title?: unknown; body?: unknown };
  transmission?: unknown;
  revoke?: { task?: unknown };
}

/** What people see of a message, from its push frame or its kept content as JSON text; null for what isn't one. */
export function messageViewOf(text: string | null): MessageView | null {
  const content = parsed(text);
  if (!content) return null;
  const { notification, transmission, revoke } = content;
  if (notification)
    return { kind: 'notification', title: shortened(notification.title), text: shortened(notification.body) };
  if (transmission !== undefined) return { kind: 'transmission', title: null, text: shortened(transmission) };
  return revoke ? { kind: 'revoke', title: null, text: shortened(revoke.task) } : null;
}

/** When the message of a push frame was accepted, ms; null where it doesn't say. */
export function acceptedAtOf(text: string): number | null {
  const at = (parsed(text) as { at?: unknown } | undefined)?.at;
  return typeof at === 'number' ? at : null;
}

function parsed(text: string | null): Content | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By whole characters: half of a surrogate pair is none. */
function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  if (text.length <= maxTextLength) return text;
  return `${[...text.slice(0, maxTextLength)].slice(0, -1).join('')}…`;
}
