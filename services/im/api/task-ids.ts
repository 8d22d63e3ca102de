import { createHash } from 'node:crypto';

/** The UTC day of a time, MMDD. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(5, 10).replace('-', '');
}

/** The id of a single push: the same whenever the same request is worked on, so that a repeat after a crash is the same task. */
export function singleTaskId(app: string, requestId: string, day: string): string {
  const digest = createHash('sha256').update(`${app}\n${requestId}\n${day}`).digest('hex');
  return `RASS_${day}_${digest.slice(0, 40)}`;
}
