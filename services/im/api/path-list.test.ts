import { expect, it } from 'vitest';
import { splitPathList } from './path-list.ts';

it('takes the parts, without blanks', () => {
  expect(splitPathList('a,b, c,,a,')).toEqual(['a', 'b', 'c', 'a']);
  expect(splitPathList(' , ')).toEqual([]);
});
