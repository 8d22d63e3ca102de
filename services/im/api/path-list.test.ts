import { expect, it } from 'vitest';
import { pathList } from './path-list.ts';

it('takes each id once, without blanks', () => {
  expect(pathList('a,b, c,,a,', 'cid', 10)).toEqual(['a', 'b', 'c']);
});

it('refuses an empty list and one over its limit', () => {
  expect(() => pathList(' , ', 'cid', 10)).toThrow('cid can not be empty');
  expect(() => pathList('a,b,c', 'cid', 2)).toThrow('cid size over limit');
});
