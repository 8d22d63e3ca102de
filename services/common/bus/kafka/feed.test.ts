import { expect, test } from 'vitest';
import type { BusRecord } from '../bus.ts';
import { Feed } from './feed.ts';

function records(from: number, to: number): BusRecord[] {
  return Array.from({ length: to - from }, (_none, index) => ({
    offset: from + index,
    key: 'k',
    value: String(from + index),
    timeMs: 0,
  }));
}

function offsets(given: BusRecord[] | undefined): number[] | undefined {
  return given?.map(({ offset }) => offset);
}

function feedOf(maxBatch = 2) {
  const wanted: number[] = [];
  const feed = new Feed({ maxBatch, want: (offset) => wanted.push(offset) });
  return { feed, wanted };
}

test('a delivery goes out in batches and ends when the loop waits for what was not fetched', async () => {
  const { feed, wanted } = feedOf();
  const first = feed.next(5);
  expect(wanted).toEqual([5]);
  const delivery = feed.deliver(5, records(5, 8));
  expect(offsets(await first)).toEqual([5, 6]);
  expect(offsets(await feed.next(7))).toEqual([7]);
  const third = feed.next(8);
  await delivery;
  expect(feed.wanted).toBe(8);
  expect(wanted).toEqual([5]);
  feed.cancel();
  expect(await third).toBeUndefined();
});

test('a delivery that nobody waits for ends at once', async () => {
  const { feed } = feedOf();
  await feed.deliver(0, records(0, 3));
  expect(feed.wanted).toBeUndefined();
});

test('records before the wanted offset are left out; if that is all, the offset is asked for again', async () => {
  const { feed } = feedOf();
  const next = feed.next(6);
  await feed.deliver(3, records(3, 6));
  expect(feed.wanted).toBe(6);
  const delivery = feed.deliver(4, records(4, 8));
  expect(offsets(await next)).toEqual([6, 7]);
  feed.resting();
  await delivery;
  expect(feed.wanted).toBeUndefined();
});

test('a failed batch ends the delivery, and comes again as it was in the next one', async () => {
  const { feed, wanted } = feedOf();
  const next = feed.next(0);
  const delivery = feed.deliver(0, records(0, 4));
  const failed = await next;
  feed.resting();
  await delivery;
  expect(feed.wanted).toBeUndefined();
  const again = feed.again(failed!);
  expect(wanted).toEqual([0, 0]);
  const second = feed.deliver(0, records(0, 4));
  expect(await again).toBe(failed);
  expect(offsets(await feed.next(2))).toEqual([2, 3]);
  void feed.next(4);
  feed.cancel();
  await second;
  expect(feed.wanted).toBeUndefined();
});

test('what was fetched ahead can be dropped, so that the delivery ends with the batch in hand', async () => {
  const { feed } = feedOf();
  const next = feed.next(0);
  const delivery = feed.deliver(0, records(0, 10));
  await next;
  feed.drop();
  void feed.next(2);
  await delivery;
  expect(feed.wanted).toBe(2);
});
