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
