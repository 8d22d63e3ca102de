import type { Outcome } from '../adapter.ts';

/** What a push service's answer means (RFC 8030, 5 and 7.3). */
export function outcomeOf(status: number, retryAfter: string | undefined, now: number): Outcome {
  if (status >= 200 && status < 300) return { is: 'sent' };
  if (status === 404 || status === 410) return { is: 'gone' };
  // 406 is how one service says that a sender is too fast.
  if (status !== 406 && status !== 408 && status !== 429 && status < 500) return { is: 'refused' };
  const afterMs = waitOf(retryAfter, now);
  return afterMs === undefined ? { is: 'again' } : { is: 'again', afterMs };
}

/** Seconds or a date; undefined for anything else. */
function waitOf(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
