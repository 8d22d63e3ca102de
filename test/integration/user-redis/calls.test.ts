import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import type { Calls } from './fixtures.ts';
import {
  ack,
  app,
  attach,
  enqueue,
  instanceOn,
  leaseOf,
  newCid,
  readyInstance,
  recordOf,
  routeTo,
} from './fixtures.ts';

const url = inject('redisUrl');

async function status(calls: Calls, cid: string) {
  return (await calls.status({ items: [{ cid }] })).results[0]!;
}

describe('leases', () => {
  test('a node has a lease with its boot until it gives it up; an earlier boot can neither keep nor release it', async () => {
    const { calls } = await instanceOn(url);
    const [old, boot] = [leaseOf(routeTo(1, 'n1', 'b1')), leaseOf(routeTo(1, 'n1', 'b2'))];
    const { term } = await calls.renewLease(old);
    expect((await calls.renewLease(old)).term).toBe(term);
    expect((await calls.renewLease(boot)).term).not.toBe(term);
    await calls.releaseLease(old);
    expect(await calls.nodes({})).toEqual({ nodes: [boot] });
    await calls.releaseLease(boot);
    expect(await calls.nodes({})).toEqual({ nodes: [] });
  });

  test('a lease that is not renewed ends by itself, those beside it stay', async () => {
    const { calls, prefix } = await instanceOn(url, { leaseTtlMs: 60 });
    const { calls: longer } = await instanceOn(url, { prefix });
    await longer.renewLease(leaseOf(routeTo(1, 'stays')));
    await calls.renewLease(leaseOf(routeTo(1, 'goes')));
    await longer.renewLease(leaseOf(routeTo(1, 'stays')));
    const names = async () => (await calls.nodes({})).nodes.map(({ node }) => node);
    await waitFor('the lease ends', async () => (await names()).length === 1);
    expect(await names()).toEqual(['stays']);
  });

  test('a device is online only while its route’s node has a lease of the same boot', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    expect(await status(calls, cid)).toEqual({ online: false, depth: 0, attachedAt: null });
    const route = routeTo(1);
    await attach(calls, cid, { route });
    await enqueue(calls, recordOf(1, [cid]), recordOf(2, [cid]));
    expect(await status(calls, cid)).toMatchObject({ online: false, depth: 2 });
    await calls.renewLease(leaseOf(route));
    const online = await status(calls, cid);
    expect(online.online).toBe(true);
    expect(online.attachedAt).toBe(1_000);
    await calls.renewLease(leaseOf(routeTo(1, 'n1', 'b2')));
    expect((await status(calls, cid)).online).toBe(false);
    await calls.detach({ items: [{ cid, route }] });
    expect(await status(calls, cid)).toEqual({ online: false, depth: 2, attachedAt: online.attachedAt });
  });

  test('a lease given up at another instance counts for a quarter of a second at the most', async () => {
    const { calls, prefix, clock } = await readyInstance(url);
    const { calls: other } = await instanceOn(url, { prefix });
    const cid = newCid();
    const route = routeTo(1);
    await attach(calls, cid, { route });
    await calls.renewLease(leaseOf(route));
    expect((await status(calls, cid)).online).toBe(true);
    await other.releaseLease(leaseOf(route));
    clock.aheadMs += 250;
    expect((await status(calls, cid)).online).toBe(false);
    await other.renewLease(leaseOf(route));
    expect((await status(calls, cid)).online).toBe(true);
  });
});

describe('look-ups', () => {
  test('those of a turn are answered with one call, as with a call for each', async () => {
    const { calls } = await readyInstance(url);
    const cid = newCid();
    await enqueue(calls, recordOf(1, [cid]));
    await calls.revokeToken({ tokenId: 'gone', until: Date.now() + 60_000 });
    const claim = { app, id: 'claim-one', at: 0, uses: [{ name: 'pushes', windowMs: 60_000, amount: 2, limit: 1 }] };
    const answer = await calls.accept({
      status: { items: [{ cid }] },
      reserve: { items: [{ app, requestId: 'request-1', owner: 'one', day: '0101', leaseMs: 1_000 }] },
      tokenRevoked: { items: [{ tokenId: 'gone' }, { tokenId: 'good' }] },
      takeQuota: { items: [claim] },
    });
    expect(answer).toEqual({
      status: { results: [{ online: false, depth: 1, attachedAt: null }] },
      reserve: { results: [{ state: 'mine', day: '0101' }] },
      tokenRevoked: { results: [{ revoked: true }, { revoked: false }] },
      takeQuota: { results: [{ refused: 'pushes' }] },
    });
    expect(await calls.accept({ tokenRevoked: { items: [{ tokenId: 'good' }] } })).toEqual({
      tokenRevoked: { results: [{ revoked: false }] },
    });
  });
});

describe('requests', () => {
  const leaseMs = 60_000;
  const request = (owner: string, requestId: string, more: { day?: string; leaseMs?: number } = {}) => ({
    app,
    requestId,
    owner,
    day: '0101',
    leaseMs,
    ...more,
  });
  const reserve = async (calls: Calls, item: ReturnType<typeof request>) =>
    (await calls.reserve({ items: [item] })).results[0]!;

  test('of many who ask at once exactly one has it, on any instance, and the first answer is everybody’s', async () => {
    const { calls, prefix } = await instanceOn(url);
    const { calls: other } = await instanceOn(url, { prefix });
    const requestId = randomBytes(8).toString('hex');
    const owners = Array.from({ length: 40 }, (_, index) => `o${index}`);
    const asked = await Promise.all(
      owners.map((owner, index) => reserve(index % 2 ? calls : other, request(owner, requestId))),
    );
    const mine = owners.filter((_, index) => asked[index]!.state === 'mine');
    expect(mine.length).toBe(1);
    expect(asked.filter(({ state }) => state === 'running').length).toBe(39);
    const settle = (owner: string, answer: string) => calls.settle({ items: [{ app, requestId, owner, answer }] });
    await settle('somebody', 'wrong');
    await settle(mine[0]!, 'first answer, with spaces');
    await settle(mine[0]!, 'second');
    const later = request('later', requestId, { day: '0102' });
    expect(await reserve(other, later)).toEqual({ state: 'done', day: '0101', answer: 'first answer, with spaces' });
  });

  test('one that is released, or whose lease ran out, goes to the next who asks, with the first one’s day', async () => {
    const { calls } = await instanceOn(url);
    await reserve(calls, request('a', 'released'));
    await calls.release({ items: [{ app, requestId: 'released', owner: 'b' }] });
    expect((await reserve(calls, request('b', 'released'))).state).toBe('running');
    expect((await reserve(calls, request('a', 'released'))).state).toBe('mine');
    await calls.release({ items: [{ app, requestId: 'released', owner: 'a' }] });
    expect(await reserve(calls, request('b', 'released', { day: '0102' }))).toEqual({ state: 'mine', day: '0101' });
    await reserve(calls, request('a', 'slow', { leaseMs: 100 }));
    await waitFor('the lease runs out', async () => (await reserve(calls, request('b', 'slow'))).state === 'mine');
    await calls.settle({ items: [{ app, requestId: 'slow', owner: 'a', answer: 'too late' }] });
    expect((await reserve(calls, request('c', 'slow'))).state).toBe('running');
  });

  test('release does not take back an answer', async () => {
    const { calls } = await instanceOn(url);
    await reserve(calls, request('a', 'r'));
    await calls.settle({ items: [{ app, requestId: 'r', owner: 'a', answer: 'x' }] });
    await calls.release({ items: [{ app, requestId: 'r', owner: 'a' }] });
    expect(await reserve(calls, request('b', 'r'))).toEqual({ state: 'done', day: '0101', answer: 'x' });
  });
});

test('a nonce is fresh once per app within its time, also when many claim it at once', async () => {
  const { calls } = await instanceOn(url);
  const claim = (of: string, ttlMs = 60_000) => calls.claimNonce({ app: of, nonce: 'nonce', ttlMs });
  const claimed = await Promise.all(Array.from({ length: 20 }, () => claim('a')));
  expect(claimed.filter(({ fresh }) => fresh).length).toBe(1);
  expect(await claim('b', 50)).toEqual({ fresh: true });
  await waitFor('its time is over', async () => (await claim('b')).fresh);
});

test('uses are counted per app, name and window', async () => {
  const { calls, clock } = await instanceOn(url);
  const count = async (of: string, name = 'auth') =>
    (await calls.countRate({ app: of, name, windowMs: 3_600_000 })).count;
  clock.aheadMs = 3_600_000 - (Date.now() % 3_600_000);
  const counted = await Promise.all(Array.from({ length: 10 }, () => count('a')));
  expect(counted.sort((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect([await count('b'), await count('a', 'calls')]).toEqual([1, 1]);
  clock.aheadMs += 3_600_000;
  expect(await count('a')).toBe(1);
});

test('a token is revoked until it would have run out', async () => {
  const { calls } = await instanceOn(url);
  const revoked = async () =>
    (await calls.tokenRevoked({ items: [{ tokenId: 't1' }, { tokenId: 't2' }] })).results.map((one) => one.revoked);
  expect(await revoked()).toEqual([false, false]);
  await calls.revokeToken({ tokenId: 't1', until: Date.now() + 60_000 });
  await calls.revokeToken({ tokenId: 't2', until: Date.now() - 5 });
  await waitFor('the one that has run out is gone', async () => !(await revoked())[1]);
  expect(await revoked()).toEqual([true, false]);
});

test('every key has a time to live but the views', async () => {
  const { calls, redis, prefix } = await readyInstance(url);
  const [cid, unknown] = [newCid(), newCid()];
  await attach(calls, cid);
  await enqueue(calls, recordOf(1, [cid, unknown]), recordOf(2, [cid], { stored: false, id: 'online-only' }));
  await ack(calls, newCid(), 5);
  await ack(calls, cid, 1);
  await attach(calls, cid, { route: routeTo(2), seq: 1 });
  await calls.detach({ items: [{ cid, route: routeTo(2) }] });
  await calls.renewLease(leaseOf(routeTo(1)));
  const item = { app, requestId: 'r', owner: 'o' };
  for (const requestId of ['r', 'released', 'running']) {
    await calls.reserve({ items: [{ ...item, requestId, day: '0101', leaseMs: 1_000 }] });
  }
  await calls.settle({ items: [{ ...item, answer: 'x' }] });
  await calls.release({ items: [{ ...item, requestId: 'released' }] });
  await calls.claimNonce({ app, nonce: 'n', ttlMs: 60_000 });
  await calls.countRate({ app, name: 'auth', windowMs: 60_000 });
  await calls.revokeToken({ tokenId: 't', until: Date.now() + 60_000 });
  const keys = await redis.keys(`${prefix}:*`);
  expect(new Set(keys.map((key) => key.slice(prefix.length + 1).split(':')[0]))).toEqual(
    new Set(['d', 'q', 'b', 'r', 'o', '{views}', '{nodes}', 'i', 'n', 'c', 't']),
  );
  const eternal: string[] = [];
  for (const key of keys) if ((await redis.pttl(key)) < 0) eternal.push(key);
  expect(eternal).toEqual([`${prefix}:{views}`]);
});
