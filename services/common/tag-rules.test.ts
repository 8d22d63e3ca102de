import { expect, it } from 'vitest';
import { tagFault } from './tag-rules.ts';

const many = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_none, index) => String(index).padStart(length, '标'));

it('takes what is at a limit', () => {
  expect(tagFault([])).toBeUndefined();
  expect(tagFault(['vip', '北京', '👍'.repeat(32), 'a,b/c"'])).toBeUndefined();
  expect(tagFault(many(100, 5))).toBeUndefined();
  expect(tagFault(many(16, 32))).toBeUndefined();
  expect(tagFault(Array(1_000).fill('same'))).toBeUndefined();
});

it.each([
  ['', 0],
  ['a b', 0],
  ['a\u3000b', 0],
  ['a\tb', 0],
  ['a\u0000', 0],
  ['\ud800', 0],
])('refuses %j', (tag, index) => {
  expect(tagFault([tag])).toEqual({ is: 'bad', index });
  expect(tagFault(['fine', tag])).toEqual({ is: 'bad', index: 1 });
});

it('refuses what is over a limit by one', () => {
  expect(tagFault(many(101, 3))).toEqual({ is: 'tooMany' });
  expect(tagFault(['fine', '👍'.repeat(33)])).toEqual({ is: 'tooLong', index: 1 });
  expect(tagFault([...many(16, 32), 'x'])).toEqual({ is: 'tooLong' });
});
