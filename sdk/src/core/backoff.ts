/** Exponential backoff with full jitter: attempt 0 waits up to `minMs`, each further one up to twice that, up to `maxMs`. */
export function backoffMs(attempt: number, minMs: number, maxMs: number, random: () => number): number {
  return Math.ceil(random() * Math.min(maxMs, minMs * 2 ** attempt));
}
