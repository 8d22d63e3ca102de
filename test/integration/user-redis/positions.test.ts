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

test('what a lost bus left in a queue stays in it, before all that is on the new one', async () => {
  const { calls } = await readyInstance(url);
  const cid = newCid();
  await enqueue(calls, recordOf(500, [cid], { id: 'old1' }), recordOf(501, [cid], { id: 'old2' }));
  await enqueueBelow(calls, 1, 0, cid, 'new');
  const { entries } = await pull(calls, cid);
  expect(entries.map(({ task }) => task)).toEqual(['old1', 'old2', 'new']);
  expect(entries.at(-1)!.seq).toBe(seq(0));
});

test('likewise in the log of broadcasts', async () => {
  const { calls } = await readyInstance(url);
  const app = `a${newCid()}`;
  const exp = Date.now() + 60_000;
  const record = (offset: number, id: string) => ({
    id,
    app,
    bseq: seq(offset),
    task: id,
    exp,
    stored: true,
    body: '{}',
  });
  await calls.appendBroadcasts({ partition: 0, records: [record(500, 'old')] });
  await calls.appendBroadcasts({ partition: 0, limit: seq(1), records: [record(0, 'new')] });
  const { results } = await calls.broadcastsAfter({ items: [{ app, after: 0, limit: 10 }] });
  expect(results[0]!.entries.map(({ task }) => task)).toEqual(['old', 'new']);
});
