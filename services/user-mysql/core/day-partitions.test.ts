import { expect, test } from 'vitest';
import { type DayPartition, planPartitions } from './day-partitions.ts';
import { dayOf } from './days.ts';

const today = dayOf(Date.UTC(2027, 0, 1));
const fresh: DayPartition[] = [
  { name: 'p_other', below: 1 },
  { name: 'p_next', below: null },
];

/** What there is once the plan is carried out. */
function carriedOut(existing: DayPartition[], at: number, floor: number): DayPartition[] {
  const { drop, add } = planPartitions(existing, at, floor);
  return [...existing.filter(({ below, name }) => below !== null && !drop.includes(name)), ...add, existing.at(-1)!];
}

test('a new table gets yesterday, today and a week', () => {
  const { drop, add } = planPartitions(fresh, today, today - 30);
  expect(drop).toEqual([]);
  expect(add.map(({ name }) => name)).toEqual(
    ['1231', '0101', '0102', '0103', '0104', '0105', '0106', '0107', '0108'].map(
      (day) => `p${day === '1231' ? 2026 : 2027}${day}`,
    ),
  );
  expect(add[0]).toEqual({ name: 'p20261231', below: today });
});

test('what was just done needs nothing more', () => {
  const once = carriedOut(fresh, today, today - 30);
  expect(planPartitions(once, today, today - 30)).toEqual({ drop: [], add: [] });
});

test('day by day one comes and one goes, and the first and the last stay', () => {
  let partitions = fresh;
  for (let day = today; day < today + 100; day++) partitions = carriedOut(partitions, day, day - 30);
  expect(partitions).toHaveLength(2 + 30 + 1 + 7);
  expect(partitions[0]).toEqual(fresh[0]);
  expect(partitions.at(-1)).toEqual(fresh[1]);
  // Those of the first day that is kept end behind it.
  expect(partitions[1]!.below).toBe(today + 99 - 30 + 1);
});

test('a system that was away for long catches up, a bounded number at once', () => {
  const before = carriedOut(fresh, today, today - 30);
  const { add } = planPartitions(before, today + 1_000, today + 970);
  expect(add).toHaveLength(100);
  let partitions = before;
  for (let round = 0; round < 20; round++) partitions = carriedOut(partitions, today + 1_000, today + 970);
  expect(partitions).toHaveLength(2 + 30 + 1 + 7);
});

test('a clock that goes back changes nothing', () => {
  const once = carriedOut(fresh, today, today - 30);
  expect(planPartitions(once, today - 400, today - 30)).toEqual({ drop: [], add: [] });
});
