import { expect, test } from 'vitest';
import { comingOf, leavingOf } from './scale-role.ts';

test('hung instances go first, then the newest by number', () => {
  const instances = ['cm-1', 'cm-2', 'cm-9', 'cm-10'];
  expect(leavingOf(instances, 2, [])).toEqual(['cm-10', 'cm-9']);
  expect(leavingOf(instances, 2, ['cm-1'])).toEqual(['cm-1', 'cm-10']);
  expect(leavingOf(instances, 4, ['cm-1'])).toEqual([]);
});

test('names that are free come back before higher ones', () => {
  expect(comingOf(['user-redis-1', 'user-redis-3'], 4)).toEqual([2, 4]);
  expect(comingOf(['user-redis-1'], 1)).toEqual([]);
});
