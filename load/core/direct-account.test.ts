import { describe, expect, it } from 'vitest';
import { DirectAccount } from './direct-account.ts';

/** Pushes a message and has it accepted. */
function push(account: DirectAccount, devices: number[], { sent = 0, accepted = 1 } = {}): number {
  const number = account.begin('single', devices);
  account.sent(number, sent);
  account.accepted(number, accepted);
  return number;
}

describe('the account of direct messages', () => {
  it('what arrived is not lost, what did not is', () => {
    const account = new DirectAccount(3, 100);
    const [first] = [push(account, [0, 1]), push(account, [2])];
    expect(account.arrived(first, 0)).toBe(true);
    expect(account.outstanding).toBe(2);
    account.settle();
    expect(account.counts.single).toEqual({ expected: 3, arrived: 1, lost: 2 });
    expect(account.outstanding).toBe(0);
  });

  it('an arrival before the answer counts', () => {
    const account = new DirectAccount(1, 100);
    const number = account.begin('single', [0]);
    expect(account.arrived(number, 0)).toBe(true);
    account.accepted(number, 5);
    account.settle();
    expect(account.counts.single).toEqual({ expected: 1, arrived: 1, lost: 0 });
  });

  it('a second arrival is a duplicate, also long after the first', () => {
    const account = new DirectAccount(2, 100);
    const number = push(account, [0, 1]);
    expect([0, 0, 1, 1].map((device) => account.arrived(number, device))).toEqual([true, false, true, false]);
    expect(account.faults.duplicates).toBe(2);
  });

  it('what was refused or got no clear answer is not missed, and may arrive in the second case', () => {
    const account = new DirectAccount(1, 100);
    const [refused, unclear, never] = [0, 1, 2].map(() => account.begin('list', [0]));
    account.refused(refused!);
    account.unclear(unclear!);
    account.unclear(never!);
    expect(account.arrived(unclear!, 0)).toBe(true);
    account.settle();
    expect(account.counts.list).toEqual({ expected: 0, arrived: 1, lost: 0 });
  });

  it('a device that the answer leaves out is not waited for', () => {
    const account = new DirectAccount(2, 100);
    const number = account.begin('list', [0, 1]);
    account.accepted(number, 1, [1]);
    expect(account.outstanding).toBe(1);
    account.settle();
    expect(account.counts.list).toMatchObject({ expected: 1, lost: 1 });
  });

  it('order counts where one was answered before the next was sent, and nowhere else', () => {
    const account = new DirectAccount(2, 100);
    const early = push(account, [0, 1], { sent: 0, accepted: 10 });
    const beside = push(account, [0], { sent: 5, accepted: 12 });
    const later = push(account, [0], { sent: 20, accepted: 25 });
    account.arrived(beside, 0);
    account.arrived(early, 0);
    expect(account.faults.outOfOrder).toBe(0);
    account.arrived(later, 0);
    account.arrived(early, 1);
    expect(account.faults.outOfOrder).toBe(0);
    const [first, second] = [
      push(account, [0], { sent: 30, accepted: 35 }),
      push(account, [0], { sent: 40, accepted: 45 }),
    ];
    account.arrived(second, 0);
    account.arrived(first, 0);
    expect(account.faults.outOfOrder).toBe(1);
  });

  it('has room for as many messages as it was told, and for more when some are done', () => {
    const account = new DirectAccount(1, 2);
    const first = push(account, [0]);
    expect(account.hasRoom(1)).toBe(true);
    push(account, [0]);
    expect(account.hasRoom(1)).toBe(false);
    account.arrived(first, 0);
    expect(account.hasRoom(1)).toBe(true);
  });
});
