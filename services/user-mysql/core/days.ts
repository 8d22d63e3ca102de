export const dayMs = 86_400_000;

/** The UTC day of a time, in days since the epoch. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}

/** The first moment of a day. */
export function startOfDay(day: number): number {
  return day * dayMs;
}

/** A day as people write it, without dashes: `20260131`. */
export function nameOfDay(day: number): string {
  return new Date(startOfDay(day)).toISOString().slice(0, 10).replaceAll('-', '');
}
