import { describe, expect, inject, test } from 'vitest';
import { partitionOf } from '../../../services/common/protocol/positions.ts';
import type { Calls } from './fixtures.ts';
import {
  ack,
  attach,
  enqueue,
  newCid,
  partitions,
  pull,
  readyInstance,
  recordOf,
  routeTo,
  seq,
  seqsOf,
} from './fixtures.ts';

const url = inject('redisUrl');

/** One of a device in this partition. */
function cidOf(partition: number): string {
  for (;;) {
    const cid = newCid();
    if (partitionOf(cid, partitions) === partition) return cid;
  }
}

async function target(calls: Calls, offset: number, cid: string) {
  return (await enqueue(calls, recordOf(offset, [cid]))).results[0]!.targets[0];
}

describe('enqueue', () => {
  test('answers the route and the position before, device by device', async () => {
    const { calls } = await readyInstance(url);
    const [here, away] = [newCid(), newCid()];
    await attach(calls, here, { route: routeTo(7) });
    const { view, results } = await enqueue(
      calls,
      recordOf(1, [here], { id: 'a' }),
      recordOf(2, [away], { id: 'b' }),
      recordOf(5, [here, away], { id: 'c' }),
    );
    expect(view).toBe('ready');
    expect(results).toEqual([
      { duplicate: false, targets: [{ prev: 0, route: routeTo(7) }] },
      { duplicate: false, targets: [{ prev: 0, route: null }] },
      {
        duplicate: false,
        targets: [
          { prev: seq(1), route: routeTo(7) },
          { prev: seq(2), route: null },
        ],
      },
    ]);
    const found = await pull(calls, here);
    expect(found).toMatchObject({ more: false, ready: true });
    expect(found.entries.map((entry) => [entry.seq, entry.task, entry.body])).toEqual([
      [seq(1), 'a', '{"id":"a"}'],
      [seq(5), 'c', '{"id":"c"}'],
    ]);
  });

  test('batches of several partitions at once are answered each with its view and its records', async () => {
    const { calls } = await readyInstance(url);
    const cids = [0, 1, 2].map((partition) => cidOf(partition));
    await attach(calls, cids[0]!, { route: routeTo(7) });
    await calls.beginReplay({ partition: 1, replay: 'replay-2' });
    await target(calls, 1, cids[2]!);
    const again = recordOf(9, [cids[0]!], { id: 'again' });
    await enqueue(calls, { ...again, seq: seq(8) });
    const { results } = await calls.enqueueAll({
      items: [
        { partition: 0, limit: seq(20), records: [again, recordOf(10, [cids[0]!])] },
        { partition: 1, records: [recordOf(1, [cids[1]!])] },
        { partition: 2, limit: seq(20), records: [recordOf(2, [cids[2]!])] },
      ],
    });
    expect(results).toEqual([
      {
        view: 'ready',
        results: [
          { duplicate: true, targets: [] },
          { duplicate: false, targets: [{ prev: seq(8), route: routeTo(7) }] },
        ],
      },
      { view: 'replaying', results: [{ duplicate: false, targets: [{ prev: 0, route: null }] }] },
      { view: 'ready', results: [{ duplicate: false, targets: [{ prev: seq(1), route: null }] }] },
    ]);
    expect(seqsOf(await pull(calls, cids[2]!))).toEqual([seq(1), seq(2)]);
  });

  test('the same record at the same position again is the same entry, with the same answer', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await target(calls, 1, cid);
    const record = recordOf(2, [cid]);
    const first = await enqueue(calls, record);
    await target(calls, 3, cid);
    expect(await enqueue(calls, record)).toEqual(first);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(1), seq(2), seq(3)]);
  });

  test('the same record at another position is a duplicate, and adds nothing', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await enqueue(calls, recordOf(2, [cid], { id: 'same' }));
    const { results } = await enqueue(calls, recordOf(4, [cid], { id: 'same' }));
    expect(results).toEqual([{ duplicate: true, targets: [] }]);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2)]);
  });

  test('so it is whatever stands beside it in its batch', async () => {
    const { calls } = await readyInstance(url);
    const [cid, other] = [newCid(), newCid()];
    const [first, second] = [recordOf(2, [cid], { id: 'same' }), recordOf(3, [cid], { id: 'next' })];
    const listed = recordOf(5, [other], { id: 'task/page', task: 'task' });
    const beside = recordOf(6, [other], { id: 'another/page', task: 'another' });
    await enqueue(calls, first);
    await enqueue(calls, second, listed);
    const { results } = await enqueue(calls, { ...first, seq: seq(7) }, { ...second, seq: seq(8) }, beside);
    expect(results.map(({ duplicate }) => duplicate)).toEqual([true, true, false]);
    expect((await enqueue(calls, { ...second, seq: seq(9) })).results[0]!.duplicate).toBe(true);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2), seq(3)]);
  });

  test('a position that the device has finished does not come back', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    const [first, second] = [recordOf(1, [cid]), recordOf(2, [cid])];
    await enqueue(calls, first, second);
    await ack(calls, cid, seq(2));
    expect((await enqueue(calls, first, second)).results.map(({ targets }) => targets)).toEqual([[null], [null]]);
    expect(seqsOf(await pull(calls, cid))).toEqual([]);
    expect(await target(calls, 3, cid)).toEqual({ prev: 0, route: null });
  });

  test('what a login says is finished does not come back either', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid, { seq: seq(5) });
    expect(await target(calls, 5, cid)).toBeNull();
    expect(await target(calls, 6, cid)).toEqual({ prev: 0, route: routeTo(1) });
    await attach(calls, cid, { seq: 0 });
    expect(await target(calls, 4, cid)).toBeNull();
  });

  test('a message that is not to be stored only answers routes', async () => {
    const { calls } = await readyInstance(url);
    const [here, away] = [newCid(), newCid()];
    await attach(calls, here);
    const { results } = await enqueue(calls, recordOf(1, [here, away], { stored: false }));
    expect(results[0]!.targets).toEqual([
      { prev: 0, route: routeTo(1) },
      { prev: 0, route: null },
    ]);
    expect(seqsOf(await pull(calls, here))).toEqual([]);
  });
});

describe('attach', () => {
  test('answers what it replaced, and nothing when it is itself', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    expect((await attach(calls, cid, { route: routeTo(1) })).replaced).toBeNull();
    expect((await attach(calls, cid, { route: routeTo(1) })).replaced).toBeNull();
    expect((await attach(calls, cid, { route: routeTo(2) })).replaced).toEqual(routeTo(1));
    expect((await attach(calls, cid, { route: routeTo(2, 'n1', 'b2') })).replaced).toEqual(routeTo(2));
  });

  test('again yields to another route and changes nothing, and takes a device that nobody has', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid, { route: routeTo(2) });
    expect(await attach(calls, cid, { route: routeTo(1), again: true, seq: seq(9) })).toMatchObject({ lost: true });
    expect(await target(calls, 9, cid)).toMatchObject({ route: routeTo(2) });
    expect(await attach(calls, cid, { route: routeTo(2), again: true })).toMatchObject({ lost: false });
    await calls.detach({ items: [{ cid, route: routeTo(2) }] });
    expect(await attach(calls, cid, { route: routeTo(1), again: true })).toMatchObject({ lost: false });
  });

  test('again takes the route of an earlier login, which may have come back first after a loss', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid, { route: routeTo(1), again: true, loggedInAt: 1_000 });
    const newer = await attach(calls, cid, { route: routeTo(2), again: true, loggedInAt: 2_000 });
    expect(newer).toMatchObject({ lost: false, replaced: routeTo(1) });
    expect(await attach(calls, cid, { route: routeTo(1), again: true, loggedInAt: 1_000 })).toMatchObject({
      lost: true,
    });
  });

  test('answers what is finished apart from what is not, at most the limit of that, in order', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    for (const offset of [1, 2, 3, 4, 5]) await target(calls, offset, cid);
    const found = await attach(calls, cid, { seq: seq(2), limit: 2 });
    expect(found.finished.map((entry) => entry.seq)).toEqual([seq(1), seq(2)]);
    expect([seqsOf(found), found.more]).toEqual([[seq(3), seq(4)], true]);
    const rest = await pull(calls, cid, seq(4), 2);
    expect([seqsOf(rest), rest.more]).toEqual([[seq(5)], false]);
  });

  test('many devices at once have one answer each, in order', async () => {
    const { calls } = await readyInstance(url);
    const cids = Array.from({ length: 50 }, newCid);
    for (const [index, cid] of cids.entries()) if (index % 2 === 0) await target(calls, index + 1, cid);
    const items = cids.map((cid, index) => ({
      cid,
      route: routeTo(index + 1),
      seq: 0,
      again: false,
      loggedInAt: 1_000,
      limit: 5,
      bseq: 0,
      tail: 0,
    }));
    const { results } = await calls.attach({ items });
    expect(results.map(seqsOf)).toEqual(cids.map((_, index) => (index % 2 === 0 ? [seq(index + 1)] : [])));
  });
});

test('detach deletes a route only if it is its own, and what the device has finished stays known', async () => {
  const { calls } = await readyInstance(url);
  const cid = newCid();
  await attach(calls, cid, { route: routeTo(2), seq: seq(3) });
  for (const other of [routeTo(1), routeTo(2, 'n2'), routeTo(2, 'n1', 'b2')]) {
    await calls.detach({ items: [{ cid, route: other }] });
  }
  expect(await target(calls, 4, cid)).toMatchObject({ route: routeTo(2) });
  await calls.detach({ items: [{ cid, route: routeTo(2) }] });
  expect(await target(calls, 5, cid)).toMatchObject({ route: null });
  expect(await target(calls, 3, cid)).toBeNull();
  await calls.detach({ items: [{ cid: newCid(), route: routeTo(2) }] });
});

describe('ack', () => {
  test('trims up to its position; a lower or a repeated one changes nothing', async () => {
    const { calls, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    for (const offset of [1, 2, 3, 4]) await target(calls, offset, cid);
    await ack(calls, cid, seq(3));
    await ack(calls, cid, seq(2));
    await ack(calls, cid, seq(3));
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(4)]);
    expect(await redis.zcard(`${prefix}:q:{${cid}}`)).toBe(1);
    expect(await target(calls, 3, cid)).toBeNull();
  });

  test('of a device that is not known its position is remembered, and it stays offline', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await ack(calls, cid, seq(3));
    expect(await target(calls, 3, cid)).toBeNull();
    expect(await target(calls, 4, cid)).toEqual({ prev: 0, route: null });
  });
});

describe('expiry and lost bodies', () => {
  test('what has expired is not answered, and does not hide what comes after it', async () => {
    const { calls, clock, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    const soon = Date.now() + 30_000;
    const records = Array.from({ length: 9 }, (_, index) =>
      recordOf(index + 1, [cid], { exp: index === 4 || index === 8 ? soon + 600_000 : soon }),
    );
    await enqueue(calls, ...records);
    clock.aheadMs = 31_000;
    const attached = await attach(calls, cid, { limit: 2 });
    expect([seqsOf(attached), attached.more]).toEqual([[], true]);
    const found = await pull(calls, cid, 0, 1);
    expect([seqsOf(found), found.more]).toEqual([[seq(5)], true]);
    const rest = await pull(calls, cid, seq(5), 1);
    expect([seqsOf(rest), rest.more]).toEqual([[seq(9)], false]);
    expect(await redis.zcard(`${prefix}:q:{${cid}}`)).toBe(2);
  });

  test('a queue with very many expired references is read in several pulls, each of which gets further', async () => {
    const { calls, clock } = await readyInstance(url);
    const cid = newCid();
    const soon = Date.now() + 30_000;
    for (let from = 0; from < 100; from += 50) {
      const offsets = Array.from({ length: 50 }, (_, index) => from + index + 1);
      await enqueue(
        calls,
        ...offsets.map((offset) => recordOf(offset, [cid], { exp: soon + (offset === 100 ? 600_000 : 0) })),
      );
    }
    clock.aheadMs = 31_000;
    const rounds: number[][] = [];
    for (let more = true; more && rounds.length < 10; ) {
      const found = await pull(calls, cid, 0, 1);
      rounds.push(seqsOf(found));
      more = found.more;
    }
    expect(rounds.length).toBeGreaterThan(1);
    expect(rounds.flat()).toEqual([seq(100)]);
  });

  test('a reference whose body is gone is passed over, and removed', async () => {
    const { calls, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    await enqueue(calls, recordOf(1, [cid], { id: 'gone' }), recordOf(2, [cid], { id: 'kept' }));
    await redis.del(`${prefix}:b:gone`);
    expect(seqsOf(await pull(calls, cid))).toEqual([seq(2)]);
    expect(await redis.zcard(`${prefix}:q:{${cid}}`)).toBe(1);
  });
});
