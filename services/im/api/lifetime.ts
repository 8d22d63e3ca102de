import type { Settings } from '../../common/protocol/rest/settings.ts';

export const defaultTtlMs = 2 * 3_600_000;

/** How long a message that isn't stored may be on its way. */
export const unstoredTtlMs = 10_000;

export interface Lifetime {
  /** ms since the Unix epoch. */
  exp: number;
  /** False: devices that are online get it, others never. */
  stored: boolean;
}

/** When a message accepted at `at` expires, and whether it waits for devices that are away. */
export function lifetimeOf(settings: Settings | undefined, at: number): Lifetime {
  const ttl = settings?.ttl ?? defaultTtlMs;
  return ttl <= 0 ? { exp: at + unstoredTtlMs, stored: false } : { exp: at + ttl, stored: true };
}
