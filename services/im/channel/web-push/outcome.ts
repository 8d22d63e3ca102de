import type { Outcome } from '../adapter.ts';
import { retryAfterMs } from '../retry-after.ts';

/** What a push service's answer means (RFC 8030, 5 and 7.3). */
export function outcomeOf(status: number, retryAfter: string | undefined, now: number): Outcome {
  if (status >= 200 && status < 300) return { is: 'sent' };
  if (status === 404 || status === 410) return { is: 'gone' };
  // 406 is how one service says that a sender is too fast.
  if (status !== 406 && status !== 408 && status !== 429 && status < 500) return { is: 'refused' };
  const afterMs = retryAfterMs(retryAfter, now);
  return afterMs === undefined ? { is: 'again' } : { is: 'again', afterMs };
}
