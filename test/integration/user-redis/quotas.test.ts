import { randomBytes } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import type { QuotaClaim } from '../../../services/common/protocol/quota-calls.ts';
import { app, type Calls, instanceOn } from './fixtures.ts';

const dayMs = 86_400_000;
const at = 20_000 * dayMs + 1_000;
const day = (amount: number, limit: number) => ({ name: 'pushesPerDay', windowMs: dayMs, amount, limit });
const minute = (amount: number, limit: number) => ({ name: 'callsPerMinute', windowMs: 60_000, amount, limit });
const claim = (...uses: QuotaClaim['uses']): QuotaClaim => ({ app, id: randomBytes(8).toString('hex'), at, uses });
const take = async (calls: Calls, ...items: QuotaClaim[]) =>
  (await calls.takeQuota({ items })).results.map(({ refused }) => refused);
const usedOf = async (calls: Calls, name: string, windowMs: number, when = at) =>
  (await calls.quotaUsed({ items: [{ app, at: when, name, windowMs }] })).results[0]!.used;

test('a request takes from all of its counters, or from none', async () => {
  const { calls } = await instanceOn(inject('redisUrl'));
  expect(await take(calls, claim(day(3, 5), minute(1, 2)))).toEqual([null]);
  expect(await take(calls, claim(day(1, 5), minute(2, 2)))).toEqual(['callsPerMinute']);
  expect(await take(calls, claim(day(3, 5), minute(1, 2)))).toEqual(['pushesPerDay']);
  expect(await usedOf(calls, 'pushesPerDay', dayMs)).toBe(3);
  expect(await usedOf(calls, 'callsPerMinute', 60_000)).toBe(1);
  expect(await take(calls, claim(day(2, 5), minute(1, 2)))).toEqual([null]);
  expect(await usedOf(calls, 'pushesPerDay', dayMs, at + dayMs)).toBe(0);
});

test('the same claim again is taken once and answers the same; given back twice it is given back once', async () => {
  const { calls, redis, prefix } = await instanceOn(inject('redisUrl'));
  const [first, second] = [claim(day(2, 3)), claim(day(2, 3))];
  expect(await take(calls, first, first, second)).toEqual([null, null, 'pushesPerDay']);
  expect(await take(calls, first)).toEqual([null]);
  expect(await usedOf(calls, 'pushesPerDay', dayMs)).toBe(2);
  await calls.returnQuota({ items: [second, first] });
  await calls.returnQuota({ items: [first] });
  expect(await usedOf(calls, 'pushesPerDay', dayMs)).toBe(0);
  const keys = await redis.keys(`${prefix}:*`);
  for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
});

test('what was taken together is given back in parts, each once, and those parts are not the whole', async () => {
  const { calls, redis, prefix } = await instanceOn(inject('redisUrl'));
  const [whole, part, other] = [claim(day(3, 5)), claim(day(1, 5)), claim(day(1, 5))];
  expect(await take(calls, whole)).toEqual([null]);
  await calls.returnQuota({ items: [{ ...part!, part: true }] });
  await calls.returnQuota({
    items: [
      { ...part!, part: true },
      { ...other!, part: true },
    ],
  });
  expect(await usedOf(calls, 'pushesPerDay', dayMs)).toBe(1);
  const keys = await redis.keys(`${prefix}:*`);
  for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
});

test('instances that take at the same time never exceed the limit together', async () => {
  const one = await instanceOn(inject('redisUrl'));
  const two = await instanceOn(inject('redisUrl'), { prefix: one.prefix });
  const claims = Array.from({ length: 200 }, () => claim(day(1, 50)));
  const taken = await Promise.all(claims.map((each, index) => take((index % 2 ? one : two).calls, each)));
  expect(taken.flat().filter((refused) => refused === null)).toHaveLength(50);
  expect(await usedOf(two.calls, 'pushesPerDay', dayMs)).toBe(50);
});
