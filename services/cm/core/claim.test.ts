import { expect, test } from 'vitest';
import { Claim } from './claim.ts';

test('a claim is one’s until it was not renewed for five seconds', () => {
  const claim = new Claim();
  expect(claim.heldBy('a', 0)).toBe(false);
  expect(claim.take('a', 0)).toBe(true);
  expect(claim.take('b', 4_999)).toBe(false);
  expect(claim.heldBy('a', 4_999)).toBe(true);
  expect(claim.take('a', 4_999)).toBe(true);
  expect(claim.take('b', 9_998)).toBe(false);
  expect(claim.heldBy('a', 9_999)).toBe(false);
  expect(claim.take('b', 9_999)).toBe(true);
  expect(claim.heldBy('a', 9_999)).toBe(false);
});
