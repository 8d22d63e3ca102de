import { expect, test } from 'vitest';
import { dayOf, nameOfDay, startOfDay } from './days.ts';
import { dayOfTask, noDay } from './task-day.ts';

const name = (id: string, at: number): string => nameOfDay(dayOfTask(id, at));
const hex = 'a'.repeat(40);

test('a day is whole days since the epoch in UTC, and has a name', () => {
  const noon = Date.UTC(2026, 11, 31, 12);
  expect(startOfDay(dayOf(noon))).toBe(Date.UTC(2026, 11, 31));
  expect(nameOfDay(dayOf(noon))).toBe('20261231');
});

test.each([
  ['RASS_1231_', Date.UTC(2026, 11, 31, 23, 59, 59, 999), '20261231'],
  ['RASS_1231_', Date.UTC(2027, 0, 1), '20261231'],
  ['RASL_1231_', Date.UTC(2027, 9, 1), '20261231'],
  // The clock of whoever made it goes ahead.
  ['RASA_0101_', Date.UTC(2026, 11, 31, 23, 59), '20270101'],
  ['RASS_0101_', Date.UTC(2027, 0, 1), '20270101'],
  ['RASS_0102_', Date.UTC(2027, 0, 1, 23), '20270102'],
  ['RASS_0103_', Date.UTC(2027, 0, 1, 23), '20260103'],
  ['RASS_0229_', Date.UTC(2028, 2, 1), '20280229'],
  ['RASS_0229_', Date.UTC(2027, 2, 1), '20240229'],
  ['RASS_0229_', Date.UTC(2103, 5, 1), '20960229'],
])('%s… at %i is of %s', (prefix, at, expected) => {
  expect(name(prefix + hex, at)).toBe(expected);
});

test('a task has one day for nearly a year from when it was made', () => {
  for (const made of [Date.UTC(2026, 11, 31), Date.UTC(2027, 0, 1), Date.UTC(2028, 1, 29), Date.UTC(2027, 1, 28)]) {
    const id = `RASS_${nameOfDay(dayOf(made)).slice(4)}_${hex}`;
    for (let later = -1; later < 364; later++) expect(dayOfTask(id, made + later * 86_400_000)).toBe(dayOf(made));
  }
});

test.each(['task1', 'RASL_1', 'RASS_1301_x', 'RASS_0230_x', 'RASS_0000_x', 'xRASS_0101_x', 'RASX_0101_x'])(
  '%s has no day',
  (id) => {
    expect(dayOfTask(id, Date.UTC(2027, 0, 1))).toBe(noDay);
  },
);
