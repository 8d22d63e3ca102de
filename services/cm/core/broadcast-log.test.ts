import { expect, test } from 'vitest';
import { BroadcastLog } from './broadcast-log.ts';

const entry = (bseq: number, exp = 100) => ({ bseq, task: `t${bseq}`, exp, stored: true });
const numbers = (entries: { bseq: number }[]): number[] => entries.map(({ bseq }) => bseq);

test('answers what comes after a position, in order and unexpired, at most as many as asked for', () => {
  const log = new BroadcastLog();
  log.add([entry(5), entry(7), entry(9, 10), entry(12)], 0);
  expect(numbers(log.after(0, 0, 10))).toEqual([5, 7, 9, 12]);
  expect(numbers(log.after(5, 20, 10))).toEqual([7, 12]);
  expect(numbers(log.after(6, 0, 1))).toEqual([7]);
  expect(log.after(12, 0, 10)).toEqual([]);
});

test('what is known already is passed over, so that the same read twice adds nothing', () => {
  const log = new BroadcastLog();
  log.add([entry(5), entry(7)], 0);
  log.add([entry(5), entry(7), entry(8)], 0);
  expect(numbers(log.after(0, 0, 10))).toEqual([5, 7, 8]);
});

test('expired entries go as new ones come, the tail stays', () => {
  const log = new BroadcastLog();
  log.add([entry(5, 10), entry(7, 10)], 0);
  log.add([], 10);
  expect([log.size, log.tail]).toEqual([0, 7]);
});

test('entries between two positions are those above the first up to the second', () => {
  const log = new BroadcastLog();
  log.add([entry(5), entry(7), entry(9)], 0);
  expect(numbers(log.between(5, 9))).toEqual([7, 9]);
  expect(log.between(9, 5)).toEqual([]);
});
