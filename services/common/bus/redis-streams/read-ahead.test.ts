import { expect, test } from 'vitest';
import type { BusRecord } from '../bus.ts';
import { ReadAhead } from './read-ahead.ts';

function records(from: number, to: number, value = 'v'): BusRecord[] {
  return Array.from({ length: to - from }, (_none, index) => ({ offset: from + index, key: 'k', value, timeMs: 0 }));
}

const offsets = (batch: BusRecord[] | undefined) => batch?.map(({ offset }) => offset);

test('who waits is handed the first batch at once, and what is left of the read after it', async () => {
  const ahead = new ReadAhead(0, 5, 3);
  const waiting = ahead.next();
  ahead.add(records(5, 9));
  expect(offsets(await waiting)).toEqual([5, 6, 7]);
  expect(ahead.from).toBe(8);
  ahead.add(records(9, 10));
  expect(offsets(await ahead.next())).toEqual([8, 9]);
  expect(ahead.end).toBe(10);
});

test('a gap in the log is passed over: the next batch goes on behind what was handed over', async () => {
  const ahead = new ReadAhead(0, 0, 10);
  ahead.add(records(4, 6));
  expect(offsets(await ahead.next())).toEqual([4, 5]);
  expect([ahead.from, ahead.end]).toEqual([6, 6]);
});

test('there is room up to a batch, and up to a megabyte', async () => {
  const ahead = new ReadAhead(0, 0, 3);
  ahead.add(records(0, 2));
  expect(ahead.hasRoom).toBe(true);
  ahead.add(records(2, 4));
  expect(ahead.hasRoom).toBe(false);
  await ahead.next();
  expect(ahead.hasRoom).toBe(true);
  ahead.add(records(4, 5, 'x'.repeat(1_000_000)));
  expect(ahead.hasRoom).toBe(false);
  await ahead.next();
  expect(ahead.hasRoom).toBe(true);
});

test('closed, a wait ends without records', async () => {
  const ahead = new ReadAhead(0, 0, 3);
  const waiting = ahead.next();
  ahead.close();
  expect(await waiting).toBeUndefined();
});
