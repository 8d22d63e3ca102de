import { dayMs, dayOf, startOfDay } from './days.ts';

/** The day of tasks whose ids say none: none that this system makes. */
export const noDay = 0;

/** Length of what an id begins with, its day in it. */
const dayLength = 'RASS_MMDD_'.length;
let last = { beginning: '', latest: Number.NaN, day: noDay };

/** From one 29th of February to the next, at the most. */
const yearsBack = 8;

/**
 * The UTC day that a task's id says, in days since the epoch. Ids have month and day but no year (decision 007): the last
 * such day that isn't after `at` by more than the clocks of two instances may be apart. So it is the same for any `at`
 * from when the task was made until nearly a year later.
 *
 * @param at when the task was known first, or now if it wasn't.
 */
export function dayOfTask(task: string, at: number): number {
  const beginning = task.slice(0, dayLength);
  const latest = dayOf(at + dayMs);
  // Nearly always that of the call before.
  if (beginning !== last.beginning || latest !== last.latest) {
    last = { beginning, latest, day: latestDay(beginning, latest) };
  }
  return last.day;
}

function latestDay(beginning: string, latest: number): number {
  const match = /^RAS[SLA]_(\d{2})(\d{2})_/.exec(beginning);
  if (!match) return noDay;
  const [month, date] = [Number(match[1]) - 1, Number(match[2])];
  const year = new Date(startOfDay(latest)).getUTCFullYear();
  for (let back = 0; back <= yearsBack; back++) {
    const time = new Date(Date.UTC(year - back, month, date));
    // The 30th of February would be the 1st or 2nd of March.
    if (time.getUTCMonth() !== month || time.getUTCDate() !== date) continue;
    const day = dayOf(time.getTime());
    if (day <= latest) return Math.max(day, noDay);
  }
  return noDay;
}
