/** What became of one push. Reasons are a closed set: they are a label. */
export const failureReasons = ['refused', 'rate_limited', 'server_error', 'no_answer'] as const;
export type FailureReason = (typeof failureReasons)[number];

export type Outcome =
  | { is: 'done' }
  /** It would be refused again. */
  | { is: 'refused'; reason: 'refused' }
  /** Worth another try, not before `afterMs` if the main service said so. */
  | { is: 'later'; reason: FailureReason; afterMs: number | undefined };

/** The longest pause that a main service is granted. */
export const maxRetryAfterMs = 300_000;

/** By remote_write's rules: 2xx is done, 429 and 5xx are tried again, all else never will be taken. */
export function outcomeOf(status: number, retryAfter: string | undefined, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { is: 'done' };
  if (status !== 429 && status < 500) return { is: 'refused', reason: 'refused' };
  const reason = status === 429 ? 'rate_limited' : 'server_error';
  return { is: 'later', reason, afterMs: retryAfterMs(retryAfter, nowMs) };
}

/** Seconds, or a date; undefined if it is neither. */
function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), maxRetryAfterMs);
}
