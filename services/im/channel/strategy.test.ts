import { expect, test } from 'vitest';
import { tagUseOf } from './strategy.ts';

test.each([
  [undefined, 'offline'],
  [{}, 'offline'],
  [{ ios: 3 }, 'offline'],
  [{ default: 1 }, 'offline'],
  [{ default: 2 }, 'always'],
  [{ default: 3 }, 'never'],
  [{ default: 4 }, 'always'],
  [{ default: 3, webpush: 1 }, 'offline'],
  [{ default: 1, webpush: 3 }, 'never'],
  [{ webpush: 4 }, 'always'],
] as const)('with strategy %j Web Push is used %s', (strategy, use) => {
  expect(tagUseOf('webpush', strategy ? { strategy } : {})).toBe(use);
});

test.each([
  ['huawei', { hw: 3 }, 'never'],
  ['huawei', { hw: 2, huawei: 3 }, 'always'],
  ['apns', { ios: 4, default: 3 }, 'always'],
  ['apns', { apns: 4 }, 'always'],
  ['fcm', { ios: 4, default: 3 }, 'never'],
  ['harmony', { hoshw: 3 }, 'never'],
] as const)('%s is meant by Getui’s name and by its own (%j: %s)', (kind, strategy, use) => {
  expect(tagUseOf(kind, { strategy })).toBe(use);
});
