import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionOf, seqOf } from './positions.ts';

test('the partition of a key never changes: these are for good', () => {
  const vectors: [string, number, number][] = [
    ['', 16, 5],
    ['0123456789abcdef0123456789abcdef', 16, 5],
    ['0123456789abcdef0123456789abcdef', 8, 5],
    ['ffffffffffffffffffffffffffffffff', 16, 5],
    ['00000000000000000000000000000000', 1_024, 69],
    ['RASL_0101_abc', 8, 7],
    ['个推', 97, 17],
  ];
  for (const [key, partitions, partition] of vectors) expect(partitionOf(key, partitions), key).toBe(partition);
});

test('keys spread evenly over partitions', () => {
  const counts = new Array<number>(16).fill(0);
  for (let index = 0; index < 16_000; index++) {
    const partition = partitionOf(index.toString(16).padStart(32, '0'), 16);
    counts[partition] = counts[partition]! + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});

test('a seq rises with generation and offset, and stays a safe integer above 0', () => {
  const generation = fc.integer({ min: 1, max: 2_047 });
  const offset = fc.integer({ min: 0, max: 2 ** 42 - 2 });
  fc.assert(
    fc.property(generation, offset, generation, offset, (leftGeneration, leftOffset, rightGeneration, rightOffset) => {
      const [left, right] = [seqOf(leftGeneration, leftOffset), seqOf(rightGeneration, rightOffset)];
      expect(Number.isSafeInteger(left)).toBe(true);
      expect(left).toBeGreaterThan(0);
      const order = leftGeneration - rightGeneration || leftOffset - rightOffset;
      expect(Math.sign(left - right)).toBe(Math.sign(order));
    }),
    { seed: 20_260_107, numRuns: 2_000 },
  );
  expect(seqOf(1, 0)).toBe(2 ** 42 + 1);
  expect(seqOf(2_047, 2 ** 42 - 2)).toBe(Number.MAX_SAFE_INTEGER);
});
