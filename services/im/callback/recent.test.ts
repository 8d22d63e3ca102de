import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

const told = (cids: string[], actionId = '0', task = 't') => ({ task, actionId, cids, msgId: 'm', at: 1 });

test('an event is new of a device once, also within one record', () => {
  const recent = new Recent(100);
  expect(recent.unseen('app', told(['a', 'b', 'a']))).toEqual(['a', 'b']);
  expect(recent.unseen('app', told(['b', 'c']))).toEqual(['c']);
  expect(recent.unseen('app', told(['a', 'c']))).toEqual([]);
});

test('another app, task or event is another', () => {
  const recent = new Recent(100);
  recent.unseen('app', told(['a']));
  expect(recent.unseen('other', told(['a']))).toEqual(['a']);
  expect(recent.unseen('app', told(['a'], '10000'))).toEqual(['a']);
  expect(recent.unseen('app', told(['a'], '0', 'u'))).toEqual(['a']);
});

test('at its bound the older half is forgotten, the younger is not', () => {
  const recent = new Recent(4);
  for (const cid of ['a', 'b', 'c', 'd']) recent.unseen('app', told([cid]));
  expect(recent.unseen('app', told(['a', 'b', 'c', 'd']))).toEqual([]);
  recent.unseen('app', told(['e']));
  expect(recent.unseen('app', told(['c', 'd', 'e']))).toEqual([]);
  expect(recent.unseen('app', told(['a', 'b']))).toEqual(['a', 'b']);
});
