/** Exponential backoff with full jitter: attempt 0 waits up to `baseMs`, each further one up to twice that, up to `maxMs`. */
export function backoffMs(attempt: number, baseMs: number, maxMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30)));
}
