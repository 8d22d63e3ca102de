import { expect, test } from 'vitest';
import { BroadcastCursor } from './broadcast-cursor.ts';

const entry = (bseq: number, stored = true) => ({ bseq, task: `t${bseq}`, exp: 100, stored });

test('BD1 an entry goes out once, and never one below the last', () => {
  const cursor = new BroadcastCursor(3);
  expect(cursor.offer(entry(3), 0, false)).toBe(false);
  expect(cursor.offer(entry(5), 3, false)).toBe(true);
  expect(cursor.offer(entry(5), 3, false)).toBe(false);
  expect(cursor.due).toBe(false);
});

test('BD2 one that has something before it to get is behind, and stays so until it has read on', () => {
  const cursor = new BroadcastCursor(3);
  expect(cursor.offer(entry(9), 7, false)).toBe(false);
  expect(cursor.due).toBe(true);
  cursor.begin();
  expect(cursor.due).toBe(false);
  cursor.went(entry(7));
  expect(cursor.offer(entry(10), 9, false)).toBe(false);
  cursor.went(entry(9));
  cursor.end(false);
  expect(cursor.due).toBe(true);
  cursor.begin();
  cursor.went(entry(10));
  cursor.end(false);
  expect(cursor.offer(entry(11), 10, false)).toBe(true);
});

test('BD3 while the socket is over its limit nothing goes out', () => {
  const cursor = new BroadcastCursor(0);
  expect(cursor.offer(entry(1), 0, true)).toBe(false);
  expect(cursor.due).toBe(true);
});

test('an ack answers the tasks that it finished, once; one beyond what was sent counts up to that', () => {
  const cursor = new BroadcastCursor(0);
  for (const bseq of [1, 2, 4]) cursor.went(entry(bseq));
  expect(cursor.ack(2)).toEqual(['t1', 't2']);
  expect(cursor.ack(2)).toEqual([]);
  expect(cursor.finished).toBe(2);
  expect(cursor.ack(1_000)).toEqual(['t4']);
  expect(cursor.finished).toBe(4);
});

test('BD2 one that is of its moment goes out at once or never, also to a connection that is behind', () => {
  const cursor = new BroadcastCursor(0);
  expect(cursor.offer(entry(1, false), 0, false)).toBe(true);
  expect(cursor.offer(entry(2), 1, false)).toBe(true);
  expect(cursor.ack(2)).toEqual(['t2']);
  expect(cursor.offer(entry(5, false), 4, false)).toBe(true);
  expect(cursor.at).toBe(2);
  expect(cursor.offer(entry(6, false), 5, true)).toBe(false);
});

test('a device that never acknowledges keeps no more than the newest thousand', () => {
  const cursor = new BroadcastCursor(0);
  for (let bseq = 1; bseq <= 1_500; bseq++) cursor.went(entry(bseq));
  const tasks = cursor.ack(2_000);
  expect([tasks.length, tasks[0]]).toEqual([1_000, 't501']);
});
