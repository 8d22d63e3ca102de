import { expect, test } from 'vitest';
import { Room } from './room.ts';

/** Takes one by one until there is no room, and answers how many. */
function fill(room: Room, app: string): number {
  let taken = 0;
  while (room.take(app, 1)) taken++;
  return taken;
}

test('an app has its bound, all or none, and gets back what it leaves', () => {
  const room = new Room(() => 10, 1_000);
  expect(room.take('a', 11)).toBe(false);
  expect(room.take('a', 10)).toBe(true);
  expect(room.take('a', 1)).toBe(false);
  room.leave('a', 3);
  expect(room.take('a', 4)).toBe(false);
  expect(room.take('a', 3)).toBe(true);
  room.leave('a', 10);
  expect(room.total).toBe(0);
});

test('apps that fill their room never take all of it: the next has as much as any of them', () => {
  const room = new Room(() => Number.POSITIVE_INFINITY, 1_200);
  expect(fill(room, 'a')).toBe(600);
  expect(fill(room, 'b')).toBe(300);
  room.leave('a', 200);
  fill(room, 'b');
  expect([room.total, fill(room, 'a')]).toEqual([800, 0]);
  expect(fill(room, 'c')).toBe(200);
});

test('a bound that changes is heeded from the next receipt on', () => {
  let bound = 2;
  const room = new Room(() => bound, 1_000);
  expect(fill(room, 'a')).toBe(2);
  bound = 5;
  expect(fill(room, 'a')).toBe(3);
  bound = 1;
  expect(fill(room, 'b')).toBe(1);
});
