import Type from 'typebox';
import { invalid } from './faults.ts';

export const dayMs = 86_400_000;

export const DateParam = Type.Object({ date: Type.String({ description: 'yyyy-MM-dd' }) });

/** The first moment of a day, UTC. @throws ApiFault `parameter` for what is not a day of the calendar. */
export function startOfDate(date: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  // Some readers of dates take the 30th of February for the 1st or 2nd of March.
  if (!(time >= 0) || new Date(time).toISOString().slice(0, 10) !== date) throw invalid('date');
  return time;
}
