import { describe, expect, it } from 'vitest';
import { type FanOut, FanOutAccount, maxFanOuts } from './fan-out-account.ts';

const keepUs = 100;
/** Four devices: two with tag 0, one with tag 1, one that takes no part. */
const accountOf = (): FanOutAccount => new FanOutAccount(4, (device) => [0, 0, 1, undefined][device], keepUs);
const all = (number: number, sender = 0): FanOut => ({ sender, number, kind: 'all', group: 0 });
const toTag = (number: number, group: number): FanOut => ({ sender: 0, number, kind: 'tag', group });

describe('the account of pushes to tags and to all', () => {
  it('expects every device that takes part, or those with the tag', () => {
    const account = accountOf();
    account.answered(all(0), 'accepted', 0);
    account.answered(toTag(1, 0), 'accepted', 0);
    account.answered(toTag(2, 7), 'accepted', 0);
    expect(account.outstanding).toBe(5);
    expect([0, 1].map((device) => account.arrived(toTag(1, 0), device, 1))).toEqual([true, true]);
    account.settle();
    expect(account.counts.all).toEqual({ expected: 3, arrived: 0, lost: 3 });
    expect(account.counts.tag).toEqual({ expected: 2, arrived: 2, lost: 0 });
    expect(account.outstanding).toBe(0);
  });

  it('arrivals may come before the answer is told, and one that was refused is not missed', () => {
    const account = accountOf();
    account.arrived(all(0), 0, 0);
    account.answered(all(0), 'accepted', 1);
    expect(account.outstanding).toBe(2);
    account.answered(all(1), 'refused', 1);
    account.answered(all(2), 'unclear', 1);
    account.settle();
    expect(account.counts.all).toEqual({ expected: 3, arrived: 1, lost: 2 });
  });

  it('a second arrival is a duplicate, also after it was settled; senders have numbers of their own', () => {
    const account = accountOf();
    account.answered(all(0), 'accepted', 0);
    expect([0, 0].map((device) => account.arrived(all(0), device, 1))).toEqual([true, false]);
    expect(account.arrived(all(0, 1), 0, 1)).toBe(true);
    account.settleOld(keepUs);
    expect(account.counts.all.lost).toBe(2);
    expect(account.arrived(all(0), 1, keepUs)).toBe(false);
    expect(account.faults.duplicates).toBe(2);
  });

  it('keeps what is young', () => {
    const account = accountOf();
    account.answered(all(0), 'accepted', 0);
    account.answered(all(1), 'accepted', 50);
    account.settleOld(keepUs + 10);
    expect(account.counts.all.lost).toBe(3);
    expect(account.outstanding).toBe(3);
  });

  it('a device that it was not for is a stray', () => {
    const account = accountOf();
    expect(account.arrived(toTag(0, 0), 2, 0)).toBe(false);
    expect(account.arrived(all(1), 3, 0)).toBe(false);
    expect(account.faults.strays).toBe(2);
    expect(account.counts.tag.arrived).toBe(0);
  });

  it('has room for so many', () => {
    const account = accountOf();
    for (let number = 0; number < maxFanOuts; number++) account.answered(all(number), 'accepted', number);
    expect(account.hasRoom).toBe(false);
    account.settleOld(maxFanOuts + keepUs);
    expect(account.hasRoom).toBe(true);
  });
});
