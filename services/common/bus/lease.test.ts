import { expect, test } from 'vitest';
import { Lease } from './lease.ts';

test('a lease is held from before it was asked for until its length is over, and not before it was taken', () => {
  const lease = new Lease('key', 3, 1_000);
  expect(lease.held(0)).toBe(false);
  lease.renewed(5_000);
  expect(lease.held(5_999)).toBe(true);
  expect(lease.held(6_000)).toBe(false);
  lease.renewed(6_500);
  expect(lease.held(7_000)).toBe(true);
});

test('a lost lease stays lost', () => {
  const lease = new Lease('key', 3, 1_000);
  lease.renewed(0);
  lease.lost();
  lease.renewed(100);
  expect(lease.held(200)).toBe(false);
});
