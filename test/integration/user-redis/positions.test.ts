import { expect, inject, test } from 'vitest';
import { ack, attach, enqueue, newCid, pull, readyInstance, recordOf, routeTo, seq, seqsOf } from './fixtures.ts';

const url = inject('redisUrl');
type Calls = Awaited<ReturnType<typeof readyInstance>>['calls'];

/** As a router does that knows where the partition ends. */
async function enqueueBelow(calls: Calls, end: number, offset: number, cid: string, id = `r${offset}`) {
  const partition = 0;
  const { results } = await calls.enqueue({ partition, limit: seq(end), records: [recordOf(offset, [cid], { id })] });
  return results[0]!.targets[0];
}

test('a device that is known to have finished what there is not gets its messages all the same', async () => {
  const { calls } = await readyInstance(url);
  const cid = newCid();
  await attach(calls, cid, { route: routeTo(7), seq: seq(1_000) });
  expect((await enqueue(calls, recordOf(2, [cid], { id: 'lost' }))).results[0]!.targets).toEqual([null]);
  expect(await enqueueBelow(calls, 4, 3, cid)).toMatchObject({ route: routeTo(7) });
  expect(seqsOf(await pull(calls, cid))).toEqual([seq(3)]);
});

test('what a device has finished and there is stays finished: a repeat brings nothing back', async () => {
  const { calls } = await readyInstance(url);
  const cid = newCid();
  await enqueueBelow(calls, 10, 3, cid);
  await ack(calls, cid, seq(9));
  expect(await enqueueBelow(calls, 10, 3, cid)).toBeNull();
  expect(seqsOf(await pull(calls, cid))).toEqual([]);
});
