import { expect, test } from 'vitest';
import { LongwireError } from '../common/errors.ts';
import type { Receipt } from '../common/receipts.ts';
import { Acks } from './acks.ts';

const cid = 'c1';
const overloaded = new LongwireError('overloaded', 'full');
const closed = new LongwireError('unavailable', 'closed');

/** Receipts and trims are done when the test says so; `log` tells in which order. */
function rig() {
  const log: string[] = [];
  const open: { receipt: Receipt; done: (fault?: LongwireError) => Promise<void> }[] = [];
  const dropped: number[] = [];
  const receipts = {
    write(receipt: Receipt): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const task = receipt.kind === 'event' ? receipt.task : '';
      const done = async (fault?: LongwireError): Promise<void> => {
        log.push(`${fault ? 'refused' : 'counted'} ${task}`);
        if (fault) reject(fault);
        else resolve();
        await promise.catch(() => {});
      };
      open.push({ receipt, done });
      return promise;
    },
  };
  const trim = { fault: undefined as LongwireError | undefined };
  const storage = {
    async ack({ seq }: { seq: number }): Promise<void> {
      if (trim.fault) throw trim.fault;
      log.push(`trimmed ${seq}`);
    },
  };
  const acks = new Acks(
    receipts,
    storage,
    () => 77,
    (count) => dropped.push(count),
  );
  return { acks, log, open, dropped, trim };
}

test('a queue is trimmed only after every receipt of it is on the bus', async () => {
  const { acks, log, open } = rig();
  const finished = acks.finish({ app: 'app', cid, seq: 9, tasks: ['a', 'b'] });
  expect(open.map(({ receipt }) => receipt)).toEqual(
    ['a', 'b'].map((task) => ({ kind: 'event', app: 'app', task, event: 'arrived', at: 77, cids: [cid] })),
  );
  await open[1]!.done();
  await open[0]!.done();
  await finished;
  expect(log).toEqual(['counted b', 'counted a', 'trimmed 9']);
});

test('while the bus does not answer nothing is trimmed, and a login in the meantime knows what is finished', async () => {
  const { acks, log, open } = rig();
  const first = acks.finish({ app: 'app', cid, seq: 5, tasks: ['a'] });
  const second = acks.finish({ app: 'app', cid, seq: 9, tasks: ['b'] });
  expect([acks.pendingSeq(cid), acks.pendingSeq('other')]).toEqual([9, 0]);
  await open[0]!.done();
  await first;
  expect([log, acks.pendingSeq(cid)]).toEqual([['counted a', 'trimmed 5'], 9]);
  await open[1]!.done();
  await second;
  expect([log.at(-1), acks.pendingSeq(cid)]).toEqual(['trimmed 9', 0]);
});

test('receipts that are given up as the node stops leave the queue as it is, for the next login to count', async () => {
  const { acks, log, open, dropped } = rig();
  const finished = acks.finish({ app: 'app', cid, seq: 9, tasks: ['a', 'b'] });
  await open[0]!.done();
  await open[1]!.done(closed);
  await finished;
  expect(log).toEqual(['counted a', 'refused b']);
  expect(dropped).toEqual([]);
  expect(acks.pendingSeq(cid)).toBe(0);
});

test('receipts over the bound are dropped and told of, and the queue is trimmed all the same', async () => {
  const { acks, log, open, dropped } = rig();
  const finished = acks.finish({ app: 'app', cid, seq: 9, tasks: ['a', 'b', 'c'] });
  await open[0]!.done(overloaded);
  await open[1]!.done();
  await open[2]!.done(overloaded);
  await finished;
  expect(dropped).toEqual([2]);
  expect(log.at(-1)).toBe('trimmed 9');
});

test('a trim that fails rejects nobody, and the position is no longer pending', async () => {
  const { acks, trim } = rig();
  trim.fault = new LongwireError('unavailable', 'redis');
  await acks.finish({ app: 'app', cid, seq: 9, tasks: [] });
  expect(acks.pendingSeq(cid)).toBe(0);
});
