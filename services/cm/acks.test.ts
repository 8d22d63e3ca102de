import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import { LongwireError } from '../common/errors.ts';
import type { Receipt } from '../common/receipts.ts';
import { Acks } from './acks.ts';
import type { Queues } from './ports.ts';

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
  const trim = { fault: undefined as LongwireError | undefined, done: Promise.resolve() };
  /** Of each call, how many positions it trimmed. */
  const trims: number[] = [];
  const queues: Pick<Queues, 'ack'> = {
    async ack({ items }) {
      trims.push(items.length);
      await trim.done;
      if (trim.fault) throw trim.fault;
      log.push(`trimmed ${items.map(({ seq }) => seq).join(' ')}`);
      return { results: items.map(() => ({})) };
    },
  };
  const acks = new Acks(
    receipts,
    queues,
    () => 77,
    (count) => dropped.push(count),
  );
  return { acks, log, open, dropped, trim, trims };
}

test('a queue is trimmed only after every receipt of it is on the bus', async () => {
  const { acks, log, open } = rig();
  acks.finish({ app: 'app', cid, seq: 9, tasks: ['a', 'b'] });
  expect(open.map(({ receipt }) => receipt)).toEqual(
    ['a', 'b'].map((task) => ({ kind: 'event', app: 'app', task, event: 'arrived', at: 77, cids: [cid] })),
  );
  await open[1]!.done();
  await open[0]!.done();
  await acks.drained();
  expect(log).toEqual(['counted b', 'counted a', 'trimmed 9']);
});

test('while the bus does not answer nothing is trimmed, and a login in the meantime knows what is finished', async () => {
  const { acks, log, open } = rig();
  acks.finish({ app: 'app', cid, seq: 5, tasks: ['a'] });
  acks.finish({ app: 'app', cid, seq: 9, tasks: ['b'] });
  expect([acks.pendingSeq(cid), acks.pendingSeq('other')]).toEqual([9, 0]);
  await open[0]!.done();
  await waitFor('the trim', () => log.length === 2);
  expect([log, acks.pendingSeq(cid)]).toEqual([['counted a', 'trimmed 5'], 9]);
  await open[1]!.done();
  await acks.drained();
  expect([log.at(-1), acks.pendingSeq(cid)]).toEqual(['trimmed 9', 0]);
});

test('receipts that are given up as the node stops leave the queue as it is, for the next login to count', async () => {
  const { acks, log, open, dropped } = rig();
  acks.finish({ app: 'app', cid, seq: 9, tasks: ['a', 'b'] });
  await open[0]!.done();
  await open[1]!.done(closed);
  await acks.drained();
  expect(log).toEqual(['counted a', 'refused b']);
  expect(dropped).toEqual([]);
  expect(acks.pendingSeq(cid)).toBe(0);
});

test('receipts over the bound are dropped and told of, and the queue is trimmed all the same', async () => {
  const { acks, log, open, dropped } = rig();
  acks.finish({ app: 'app', cid, seq: 9, tasks: ['a', 'b', 'c'] });
  await open[0]!.done(overloaded);
  await open[1]!.done();
  await open[2]!.done(overloaded);
  await acks.drained();
  expect(dropped).toEqual([2]);
  expect(log.at(-1)).toBe('trimmed 9');
});

test('a trim that fails rejects nobody, and the position is no longer pending', async () => {
  const { acks, trim } = rig();
  trim.fault = new LongwireError('unavailable', 'redis');
  acks.finish({ app: 'app', cid, seq: 9, tasks: [] });
  expect(acks.pendingSeq(cid)).toBe(9);
  await acks.drained();
  expect(acks.pendingSeq(cid)).toBe(0);
});

test('queues whose receipts were written in one turn are trimmed by one call, 200 at the most and two calls at once', async () => {
  const { acks, open, trim, trims } = rig();
  const { promise, resolve } = Promise.withResolvers<void>();
  trim.done = promise;
  for (let device = 0; device < 500; device++) acks.finish({ app: 'app', cid: `c${device}`, seq: 9, tasks: ['a'] });
  await Promise.all(open.map(({ done }) => done()));
  await waitFor('two calls', () => trims.length === 2);
  acks.finish({ app: 'app', cid, seq: 9, tasks: [] });
  resolve();
  await acks.drained();
  expect(trims).toEqual([200, 200, 101]);
});

test('an ack waits for its own receipts alone', async () => {
  const { acks, log, open } = rig();
  acks.finish({ app: 'app', cid, seq: 5, tasks: ['a'] });
  acks.finish({ app: 'app', cid: 'c2', seq: 9, tasks: ['b'] });
  await open[1]!.done();
  await waitFor('the trim', () => acks.pendingSeq('c2') === 0);
  expect([log, acks.pendingSeq(cid)]).toEqual([['counted b', 'trimmed 9'], 5]);
});
