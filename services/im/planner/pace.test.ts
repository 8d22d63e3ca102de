import { expect, test } from 'vitest';
import { dueMs, largestPage, pageLimit } from './pace.ts';

test.each([1, 3, 10, 77, 500, 4_000, 9_999])(
  'PL3 at %i a second, pages written when due keep the speed within 10 %%',
  (speed) => {
    const total = Math.max(20, speed * 20);
    let sent = 0;
    let nowMs = 0;
    while (sent < total) {
      nowMs = dueMs(0, sent, speed);
      sent += Math.min(pageLimit(speed, 1_000), total - sent);
    }
    const perSecond = (sent * 1_000) / nowMs;
    expect(perSecond / speed).toBeGreaterThan(0.9);
    expect(perSecond / speed).toBeLessThan(1.1);
  },
);

test('without a speed pages are full and always due', () => {
  expect(pageLimit(0, 1_000)).toBe(1_000);
  expect(dueMs(5, 1_000_000, 0)).toBe(5);
});

test('PL2 a page is no larger than what gives each partition a record of the devices of a part', () => {
  expect(largestPage(1, 64)).toBe(64);
  expect(largestPage(8, 64)).toBe(512);
  expect(largestPage(1_024, 64)).toBe(1_000);
});
