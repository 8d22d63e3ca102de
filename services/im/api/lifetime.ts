import { durationOf } from '../../common/protocol/rest/message-rules.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';

export const defaultTtlMs = 2 * 3_600_000;

/** How long a message that isn't stored may be on its way. */
export const unstoredTtlMs = 10_000;

export interface Lifetime {
  /** ms since the Unix epoch. */
  exp: number;
  /** False: devices that are online get it, others never. */
  stored: boolean;
}

/** When a message that is sent at `at` expires, and whether it waits for devices that are away: not beyond its duration. */
export function lifetimeOf(
  { settings, push_message }: Pick<PushBody, 'settings' | 'push_message'>,
  at: number,
): Lifetime {
  const ttl = settings?.ttl ?? defaultTtlMs;
  const end = durationOf(push_message)?.end ?? Number.POSITIVE_INFINITY;
  return ttl <= 0
    ? { exp: Math.min(end, at + unstoredTtlMs), stored: false }
    : { exp: Math.min(end, at + ttl), stored: true };
}
