import { describe, expect, inject, test } from 'vitest';
import { ack, attach, enqueue, newCid, pull, readyInstance, recordOf, routeTo, seq, seqsOf } from './fixtures.ts';

const url = inject('redisUrl');

describe('a message that recalls another task', () => {
  const old = (offset: number, cids: string[]) => recordOf(offset, cids, { id: 'RASL_old/0/0', task: 'RASL_old' });
  const revoke = (offset: number, cids: string[], more = {}) =>
    recordOf(offset, cids, { id: 'RASS_revoke', recalls: 'RASL_old', ...more });

  test('takes it out of the queues of its own devices and stands there in its place; what else waits stays', async () => {
    const { calls, redis, prefix } = await readyInstance(url);
    const [both, other] = [newCid(), newCid()];
    await enqueue(
      calls,
      old(1, [both, other]),
      recordOf(2, [both], { id: 'kept' }),
      recordOf(3, [both], { id: 'xRASL_old' }),
    );
    const { results } = await enqueue(calls, revoke(5, [both]));
    expect(results[0]!.targets).toEqual([{ prev: seq(3), route: null }]);
    expect((await attach(calls, both)).entries.map(({ task }) => task)).toEqual(['kept', 'xRASL_old', 'RASS_revoke']);
    expect((await pull(calls, other)).entries.map(({ task }) => task)).toEqual(['RASL_old']);
    expect(await redis.zcard(`${prefix}:q:{${both}}`)).toBe(3);
  });

  test('is alone, with nothing before it, where only the other one waited', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid, { route: routeTo(7) });
    await enqueue(calls, old(1, [cid]));
    expect((await enqueue(calls, revoke(2, [cid]))).results[0]!.targets).toEqual([{ prev: 0, route: routeTo(7) }]);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2)]);
  });

  test('is the same when a lost view is filled again, and when a part of it is done twice', async () => {
    const { calls, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    const records = [old(1, [cid]), recordOf(2, [cid], { id: 'kept' }), revoke(3, [cid])];
    await enqueue(calls, ...records);
    await redis.del(`${prefix}:q:{${cid}}`, `${prefix}:d:{${cid}}`);
    for (const record of records) await enqueue(calls, record);
    for (const record of records) await enqueue(calls, record);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2), seq(3)]);
  });

  test('leaves one that was pushed after it', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    const first = revoke(1, [cid]);
    await enqueue(calls, first, old(2, [cid]));
    await enqueue(calls, first);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(1), seq(2)]);
  });

  test('takes it away also where it is not stored itself, or comes to the device no more', async () => {
    const { calls } = await readyInstance(url);
    const [unstored, again, barred] = [newCid(), newCid(), newCid()];
    await enqueue(calls, old(1, [unstored]));
    await attach(calls, unstored, { route: routeTo(7) });
    const direct = await enqueue(calls, revoke(2, [unstored], { id: 'RASS_2', stored: false }));
    expect(direct.results[0]!.targets).toEqual([{ prev: 0, route: routeTo(7) }]);
    expect(seqsOf(await pull(calls, unstored))).toEqual([]);

    // A revoke that a device gets once, and that two lists bring to it: the second finds a message pushed in between.
    const listed = (offset: number) =>
      revoke(offset, [again], { id: `RASL_r/${offset}/0`, task: 'RASL_r', once: true });
    await enqueue(calls, listed(1));
    await enqueue(calls, old(3, [again]));
    expect((await enqueue(calls, listed(4))).results[0]!.targets).toEqual([null]);
    expect(seqsOf(await pull(calls, again))).toEqual([seq(1)]);

    await enqueue(calls, old(1, [barred]));
    await calls.markBlacklisted({ items: [{ cid: barred, blacklisted: true }] });
    expect((await enqueue(calls, revoke(2, [barred], { id: 'RASS_3' }))).results[0]!.targets).toEqual([null]);
    await calls.markBlacklisted({ items: [{ cid: barred, blacklisted: false }] });
    expect(seqsOf(await pull(calls, barred))).toEqual([]);
  });

  test('finds it wherever it stands in a long queue, and is quick about it', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    const offsets = Array.from({ length: 2_500 }, (_, index) => index + 1);
    const exp = Date.now() + 60_000;
    const others = offsets.map((offset) => recordOf(offset, [cid], { id: `t${offset}`, exp }));
    for (let from = 0; from < others.length; from += 500) await enqueue(calls, ...others.slice(from, from + 500));
    // The first and the last of a page, and the last of all.
    const recalled = [1, 500, 501, 1_000, 1_500, 2_500];
    await enqueue(
      calls,
      ...recalled.map((offset) => recordOf(3_000 + offset, [cid], { id: `r${offset}`, recalls: `t${offset}` })),
    );
    const left = offsets.filter((offset) => !recalled.includes(offset)).map(seq);
    const found = seqsOf(await pull(calls, cid, 0, 1_000));
    expect(found).toEqual(left.slice(0, 1_000));
    expect(seqsOf(await pull(calls, cid, seq(2_400), 1_000)).slice(0, 99)).toEqual(left.slice(-99));
  });

  test('leaves nothing to do where the device had finished the other one', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await enqueue(calls, old(1, [cid]));
    await ack(calls, cid, seq(1));
    await enqueue(calls, revoke(2, [cid]));
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2)]);
  });
});
