import { describe, expect, inject, test } from 'vitest';
import type { Calls } from './fixtures.ts';
import {
  ack,
  attach,
  enqueue,
  leaseOf,
  newCid,
  pull,
  readyInstance,
  recordOf,
  routeTo,
  seq,
  seqsOf,
} from './fixtures.ts';

const url = inject('redisUrl');

async function mark(calls: Calls, cid: string, blacklisted = true) {
  return (await calls.markBlacklisted({ items: [{ cid, blacklisted }] })).results[0]!.connection;
}

async function status(calls: Calls, cid: string) {
  return (await calls.status({ items: [{ cid }] })).results[0]!;
}

describe('a blacklisted device', () => {
  test('is refused at attach, whether it was known or not, and also by a session that attaches again', async () => {
    const { calls } = await readyInstance(url);
    const [known, fresh] = [newCid(), newCid()];
    await attach(calls, known, { route: routeTo(7) });
    for (const cid of [known, fresh]) {
      await mark(calls, cid);
      expect(await attach(calls, cid)).toMatchObject({ blacklisted: true, lost: false, replaced: null, entries: [] });
      expect(await attach(calls, cid, { route: routeTo(7), again: true })).toMatchObject({ blacklisted: true });
    }
  });

  test('is offline at once, and its connection is told to whoever marks it, again too', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await calls.renewLease(leaseOf(routeTo(7)));
    await attach(calls, cid, { route: routeTo(7) });
    expect(await status(calls, cid)).not.toHaveProperty('blacklisted');
    for (const _ of [1, 2]) expect(await mark(calls, cid)).toEqual(routeTo(7));
    expect(await status(calls, cid)).toMatchObject({ online: false, blacklisted: true });
    await calls.detach({ items: [{ cid, route: routeTo(7) }] });
    expect(await status(calls, cid)).toMatchObject({ blacklisted: true });
  });

  test('gets nothing, stored or not', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid);
    await mark(calls, cid);
    const stored = await enqueue(calls, recordOf(1, [cid]));
    expect(stored.results[0]!.targets).toEqual([null]);
    const { results } = await enqueue(calls, recordOf(2, [cid], { id: 'now', stored: false }));
    expect(results[0]!.targets).toEqual([{ prev: 0, route: null }]);
    expect(seqsOf(await pull(calls, cid))).toEqual([]);
  });

  test('stays one however long, and through an ack that comes late', async () => {
    const { calls, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid);
    await enqueue(calls, recordOf(3, [cid]));
    await mark(calls, cid);
    await ack(calls, cid, seq(3));
    expect(await redis.pttl(`${prefix}:d:{${cid}}`)).toBe(-1);
    expect(await attach(calls, cid)).toMatchObject({ blacklisted: true });
  });

  test('that is taken off the blacklist may log in, and what it had finished is known', async () => {
    const { calls, redis, prefix } = await readyInstance(url);
    const cid = newCid();
    await attach(calls, cid);
    await enqueue(calls, recordOf(3, [cid]));
    await ack(calls, cid, seq(3));
    await mark(calls, cid);
    for (const _ of [1, 2]) expect(await mark(calls, cid, false)).toBeNull();
    expect(await redis.pttl(`${prefix}:d:{${cid}}`)).toBeGreaterThan(0);
    expect((await enqueue(calls, recordOf(3, [cid], { id: 'again' }))).results[0]!.targets).toEqual([null]);
    const found = await attach(calls, cid);
    expect(found).not.toHaveProperty('blacklisted');
    expect(found).toMatchObject({ lost: false, replaced: null });
    expect(await status(calls, cid)).not.toHaveProperty('blacklisted');
  });
});

test('attach says of a device whether anything was known, also after no more than an ack of it', async () => {
  const { calls, redis, prefix } = await readyInstance(url);
  const cid = newCid();
  expect(await attach(calls, cid)).toMatchObject({ unknown: true });
  expect(await attach(calls, cid)).not.toHaveProperty('unknown');
  await redis.del(`${prefix}:d:{${cid}}`);
  await ack(calls, cid, seq(1));
  expect(await attach(calls, cid)).toMatchObject({ unknown: true });
});
