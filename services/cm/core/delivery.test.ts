import { describe, expect, test } from 'vitest';
import type { Entry } from '../../common/protocol/user-redis-calls.ts';
import { Delivery } from './delivery.ts';

const now = 1_000;

function entry(seq: number, exp = 9_000): Entry {
  return { seq, task: `t${seq}`, exp, body: '{}' };
}

function answer(seqs: number[], more = false): { entries: Entry[]; more: boolean; ready: boolean } {
  return { entries: seqs.map((seq) => entry(seq)), more, ready: true };
}

const seqsOf = (entries: Entry[]): number[] => entries.map(({ seq }) => seq);

describe('DL1 order', () => {
  test('DL1 an offer at or below what was sent, or finished at login, is never sent', () => {
    const delivery = new Delivery(8, 5);
    expect(delivery.offer(5, 0, 't', now)).toBe(false);
    expect(delivery.offer(7, 5, 't', now)).toBe(true);
    expect(delivery.offer(7, 5, 't', now)).toBe(false);
    expect(delivery.offer(6, 5, 't', now)).toBe(false);
    expect(delivery.nextPull()).toBeUndefined();
  });

  test('DL1 of a pull only what is above the last sent goes out, in order', () => {
    const delivery = new Delivery(8, 2);
    expect(seqsOf(delivery.stored(answer([1, 2, 3, 5]), now))).toEqual([3, 5]);
    expect(seqsOf(delivery.stored(answer([3, 5, 8]), now))).toEqual([8]);
    expect(delivery.lastSent).toBe(8);
  });

  test('DL1 what has expired is passed over', () => {
    const delivery = new Delivery(8, 0);
    const found = { entries: [entry(1, now), entry(2, now + 1)], more: false, ready: true };
    expect(seqsOf(delivery.stored(found, now))).toEqual([2]);
  });
});

describe('DL2 gap rule', () => {
  test('DL2 an offer goes out at once when the one before it was sent here', () => {
    const delivery = new Delivery(8, 0);
    expect(delivery.offer(3, 0, 't', now)).toBe(true);
    expect(delivery.offer(9, 3, 't', now)).toBe(true);
    expect(delivery.offer(12, 7, 't', now)).toBe(true);
  });

  test('DL2 an offer over a gap pulls from the last one sent', () => {
    const delivery = new Delivery(8, 4);
    expect(delivery.offer(9, 6, 't', now)).toBe(false);
    expect(delivery.nextPull()).toEqual({ after: 4, limit: 8 });
    expect(seqsOf(delivery.stored(answer([6, 9]), now))).toEqual([6, 9]);
    expect(delivery.nextPull()).toBeUndefined();
  });

  test('DL2 an offer during a pull is not sent, and the pull is followed by another', () => {
    const delivery = new Delivery(8, 0);
    delivery.hint();
    expect(delivery.nextPull()).toBeDefined();
    expect(delivery.offer(5, 0, 't', now)).toBe(false);
    expect(delivery.nextPull()).toBeUndefined();
    delivery.stored(answer([]), now);
    expect(delivery.nextPull()).toEqual({ after: 0, limit: 8 });
  });

  test('DL2 a pull that failed is begun again', () => {
    const delivery = new Delivery(8, 0);
    delivery.hint();
    delivery.nextPull();
    delivery.pullFailed();
    expect(delivery.nextPull()).toEqual({ after: 0, limit: 8 });
  });

  test('DL2 an answer that says there is more is followed by another pull', () => {
    const delivery = new Delivery(8, 0);
    expect(seqsOf(delivery.stored(answer([1, 2], true), now))).toEqual([1, 2]);
    expect(delivery.nextPull()).toEqual({ after: 2, limit: 6 });
  });
});

describe('DL3 window', () => {
  test('DL3 a full window sends nothing until half of it is acknowledged', () => {
    const delivery = new Delivery(4, 0);
    expect(seqsOf(delivery.stored(answer([1, 2, 3, 4, 5]), now))).toEqual([1, 2, 3, 4]);
    expect(delivery.offer(6, 4, 't', now)).toBe(false);
    delivery.ack(1);
    expect(delivery.nextPull()).toBeUndefined();
    delivery.ack(2);
    expect(delivery.nextPull()).toEqual({ after: 4, limit: 2 });
  });

  test('DL3 a window of one goes on message by message', () => {
    const delivery = new Delivery(1, 0);
    expect(delivery.offer(1, 0, 't', now)).toBe(true);
    expect(delivery.offer(2, 1, 't', now)).toBe(false);
    expect(delivery.nextPull()).toBeUndefined();
    delivery.ack(1);
    expect(delivery.nextPull()).toEqual({ after: 1, limit: 1 });
  });

  test('DL3 an ack is cumulative, names what it finished in order, and counts up to what was sent', () => {
    const delivery = new Delivery(4, 0);
    delivery.stored(answer([2, 4, 6]), now);
    expect(delivery.ack(5)).toEqual([
      { seq: 2, task: 't2', at: now },
      { seq: 4, task: 't4', at: now },
    ]);
    expect(delivery.finished).toBe(5);
    expect(delivery.ack(3)).toEqual([]);
    expect(delivery.finished).toBe(5);
    expect(delivery.ack(1_000)).toEqual([{ seq: 6, task: 't6', at: now }]);
    expect(delivery.finished).toBe(6);
    expect(delivery.unacked).toBe(0);
  });

  test('DL3 a socket that is blocked gets nothing, and catches up when it drains', () => {
    const delivery = new Delivery(4, 0);
    delivery.setBlocked(true);
    expect(delivery.offer(1, 0, 't', now)).toBe(false);
    expect(delivery.stored(answer([1]), now)).toEqual([]);
    expect(delivery.nextPull()).toBeUndefined();
    delivery.setBlocked(false);
    expect(delivery.nextPull()).toEqual({ after: 0, limit: 4 });
  });
});

describe('DL4 a view that is not whole', () => {
  test('DL4 nothing of it is sent, offers wait, and only a retry reads again', () => {
    const delivery = new Delivery(4, 0);
    expect(delivery.stored({ ...answer([1]), ready: false }, now)).toEqual([]);
    expect(delivery.waiting).toBe(true);
    expect(delivery.offer(2, 0, 't', now)).toBe(false);
    expect(delivery.nextPull()).toBeUndefined();
    expect(delivery.retryPull()).toEqual({ after: 0, limit: 4 });
    expect(delivery.retryPull()).toBeUndefined();
    expect(seqsOf(delivery.stored(answer([1, 2]), now))).toEqual([1, 2]);
    expect(delivery.waiting).toBe(false);
  });
});
