import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import type { QuotaClaim } from '../../../services/common/protocol/quota-calls.ts';
import type { UserRedisOfApi } from '../../../services/im/api/deps.ts';
import { waitFor } from '../../rigs/process.ts';
import { FakeUserRedis } from '../im-api/fake-user-redis.ts';
import { instanceOn } from './fixtures.ts';

/** What the API remembers of its requests by user-redis: the same of the fake that its tests are run with. */
const sides: [string, () => Promise<UserRedisOfApi>][] = [
  ['user-redis', async () => (await instanceOn(inject('redisUrl'))).calls as unknown as UserRedisOfApi],
  ['the fake of it', async () => new FakeUserRedis(Date.now)],
];
const app = 'app';
const dayMs = 86_400_000;
const leaseMs = 60_000;
const newId = (): string => randomBytes(8).toString('hex');

describe.each(sides)('%s', (_name, open) => {
  const request = (owner: string) => ({ app, requestId: 'request-1', owner });
  const reserve = async (calls: UserRedisOfApi, owner: string, more: { day?: string; leaseMs?: number } = {}) =>
    (await calls.reserve({ items: [{ ...request(owner), day: '0101', leaseMs, ...more }] })).results[0]!;

  test('a request_id is one owner’s; whoever asks meanwhile is told so, and with which body it was sent', async () => {
    const calls = await open();
    expect(await reserve(calls, 'im-1:a:mark-a')).toEqual({ state: 'mine', day: '0101' });
    expect(await reserve(calls, 'im-2:b:mark-b')).toEqual({ state: 'running', day: '0101', mark: 'mark-a' });
    expect(await reserve(calls, 'im-1:a:mark-a', { day: '0102' })).toEqual({ state: 'mine', day: '0101' });
  });

  test('a reservation whose time is over is the next one’s, with the first day', async () => {
    const calls = await open();
    await reserve(calls, 'im-1:a:mark-a', { leaseMs: 1 });
    const asked = await waitFor('it is over', async () => {
      const reservation = await reserve(calls, 'im-2:b:mark-b', { day: '0102' });
      return reservation.state === 'mine' && reservation;
    });
    expect(asked).toEqual({ state: 'mine', day: '0101' });
  });

  test('what its owner gives back is free, with the first day; nobody else can give it back', async () => {
    const calls = await open();
    await reserve(calls, 'im-1:a:mark-a');
    await calls.release({ items: [request('im-2:b:mark-b')] });
    expect((await reserve(calls, 'im-2:b:mark-b')).state).toBe('running');
    await calls.release({ items: [request('im-1:a:mark-a')] });
    expect(await reserve(calls, 'im-2:b:mark-b', { day: '0102' })).toEqual({ state: 'mine', day: '0101' });
  });

  test('an answer is its owner’s to give, and stays', async () => {
    const calls = await open();
    await reserve(calls, 'im-1:a:mark-a');
    await calls.settle({ items: [{ ...request('im-2:b:mark-b'), answer: 'of nobody' }] });
    await calls.settle({ items: [{ ...request('im-1:a:mark-a'), answer: 'first, with spaces' }] });
    await calls.settle({ items: [{ ...request('im-1:a:mark-a'), answer: 'second' }] });
    await calls.release({ items: [request('im-1:a:mark-a')] });
    const done = { state: 'done', day: '0101', answer: 'first, with spaces', mark: 'mark-a' };
    expect(await reserve(calls, 'im-2:b:mark-b')).toEqual(done);
    expect(await reserve(calls, 'im-1:a:mark-a')).toEqual(done);
  });

  const at = 20_000 * dayMs;
  const claim = (amount: number, limit: number): QuotaClaim => {
    return { app, id: newId(), at, uses: [{ name: 'pushes', windowMs: dayMs, amount, limit }] };
  };
  const take = async (calls: UserRedisOfApi, ...items: QuotaClaim[]) =>
    (await calls.takeQuota({ items })).results.map(({ refused }) => refused);
  const used = async (calls: UserRedisOfApi) =>
    (await calls.quotaUsed({ items: [{ app, at, name: 'pushes', windowMs: dayMs }] })).results[0]!.used;

  test('a claim takes all or nothing, is taken once and given back once', async () => {
    const calls = await open();
    const [first, second] = [claim(2, 3), claim(2, 3)];
    expect(await take(calls, first, first, second)).toEqual([null, null, 'pushes']);
    expect(await used(calls)).toBe(2);
    await calls.returnQuota({ items: [second, first] });
    await calls.returnQuota({ items: [first] });
    expect(await used(calls)).toBe(0);
    const both = claim(1, 1);
    both.uses.push({ name: 'calls', windowMs: dayMs, amount: 2, limit: 1 });
    expect(await take(calls, both)).toEqual(['calls']);
    expect(await used(calls)).toBe(0);
  });

  test('parts of a claim are given back each once', async () => {
    const calls = await open();
    const [whole, part, other] = [claim(3, 5), claim(1, 5), claim(1, 5)];
    await take(calls, whole);
    const parts = [part, other].map((one) => ({ ...one, part: true as const }));
    await calls.returnQuota({ items: parts.slice(0, 1) });
    await calls.returnQuota({ items: parts });
    expect(await used(calls)).toBe(1);
  });

  test('a call that is repeated counts once in its rate', async () => {
    const calls = await open();
    const rate = async (call: string) => (await calls.countRate({ app, name: 'auth', windowMs: dayMs, call })).count;
    expect([await rate('call-1'), await rate('call-1'), await rate('call-2')]).toEqual([1, 1, 2]);
  });

  test('a token is revoked for as long as it would have been good', async () => {
    const calls = await open();
    await calls.revokeToken({ tokenId: 'long', until: Date.now() + dayMs });
    await calls.revokeToken({ tokenId: 'over', until: Date.now() - 1 });
    const revoked = async (tokenId: string) =>
      (await calls.tokenRevoked({ items: [{ tokenId }] })).results.map((one) => one.revoked)[0];
    await waitFor('it is over', async () => !(await revoked('over')));
    expect([await revoked('long'), await revoked('other')]).toEqual([true, false]);
  });

  test('one call answers each kind of look-up as its own call does', async () => {
    const calls = await open();
    await calls.revokeToken({ tokenId: 'gone', until: Date.now() + dayMs });
    const cid = newId() + newId();
    expect(
      await calls.accept({
        status: { items: [{ cid }] },
        reserve: { items: [{ ...request('im-1:a:mark-a'), day: '0101', leaseMs }] },
        tokenRevoked: { items: [{ tokenId: 'gone' }, { tokenId: 'good' }] },
        takeQuota: { items: [claim(1, 1), claim(1, 1)] },
      }),
    ).toEqual({
      status: { results: [{ online: false, depth: 0, attachedAt: null }] },
      reserve: { results: [{ state: 'mine', day: '0101' }] },
      tokenRevoked: { results: [{ revoked: true }, { revoked: false }] },
      takeQuota: { results: [{ refused: null }, { refused: 'pushes' }] },
    });
    expect(await calls.accept({ status: { items: [{ cid }] } })).toEqual({
      status: { results: [{ online: false, depth: 0, attachedAt: null }] },
    });
  });
});
