import { expect, test } from 'vitest';
import { partsOf } from './parts.ts';

test('parts keep the order and the size; what is larger stands alone', () => {
  expect(partsOf([3, 4, 3, 1, 12, 2, 8], (size) => size, 10)).toEqual([[3, 4, 3], [1], [12], [2, 8]]);
  expect(partsOf([], () => 1, 10)).toEqual([]);
});
