import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assigned } from './assignment.ts';

const groups = fc.record({
  members: fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 20 }),
  partitions: fc.integer({ min: 0, max: 64 }),
});

test('each partition is exactly one member’s, in whatever order the members are listed', () => {
  fc.assert(
    fc.property(groups, ({ members, partitions }) => {
      const all = members.flatMap((member) => assigned(member, [...members].reverse(), partitions));
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_none, index) => index));
    }),
    { seed: 7 },
  );
});

test('no member has two partitions more than another', () => {
  fc.assert(
    fc.property(groups, ({ members, partitions }) => {
      const counts = members.map((member) => assigned(member, members, partitions).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
    { seed: 7 },
  );
});

test('who is not in the list has none', () => {
  expect(assigned('c', ['a', 'b'], 8)).toEqual([]);
});
