import { nameOfDay } from './days.ts';

/** A partition of a table by day; `below` is the day that it ends before, null: none. */
export interface DayPartition {
  name: string;
  below: number | null;
}

/** Days for which partitions are made ahead, so that the last one stays empty even if nobody looks after it for that long. */
const daysAhead = 7;
/** Partitions made in one statement: a system that was away for longer gets the rest the next time. */
const maxAtOnce = 100;

/**
 * What to change so that there is a partition for each day from yesterday on until `daysAhead`, and none of which all days
 * are before `floor`. The first (days before 1) and the last (no end) always stay.
 *
 * @param existing in order.
 */
export function planPartitions(
  existing: readonly DayPartition[],
  today: number,
  floor: number,
): { drop: string[]; add: { name: string; below: number }[] } {
  const ofDays = existing.flatMap(({ name, below }) => (below !== null && below > 1 ? [{ name, below }] : []));
  const from = ofDays.at(-1)?.below ?? today - 1;
  const until = Math.min(today + daysAhead, from + maxAtOnce - 1);
  const add: { name: string; below: number }[] = [];
  for (let day = from; day <= until; day++) add.push({ name: `p${nameOfDay(day)}`, below: day + 1 });
  return { drop: ofDays.filter(({ below }) => below <= floor).map(({ name }) => name), add };
}
