import { expect, inject, test } from 'vitest';
import { command, script } from '../../../services/user-redis/store.ts';
import { instanceOn } from './fixtures.ts';

test('a step is answered as Redis would, in order, alone and among others of the same turn', async () => {
  const { store, prefix } = await instanceOn(inject('redisUrl'));
  const key = (name: string): string => `${prefix}:{one}:${name}`;
  const steps = [
    command('SET', key('text'), 'first', 'PX', 60_000, 'NX', 'GET'),
    command('SET', key('text'), 'second', 'PX', 60_000, 'NX', 'GET'),
    command('GET', key('text')),
    command('GET', key('nothing')),
    command('EXISTS', key('text')),
    command('STRLEN', key('text')),
    command('HSET', key('hash'), 'a', '1'),
    command('HMGET', key('hash'), 'a', 'b'),
    command('ZADD', key('set'), 7, 'member'),
    command('ZCARD', key('set')),
    command('ZREM', key('set'), 'member'),
    script('ack', [key('device'), key('queue')], 5, 60_000),
  ];
  const replies = [null, 'first', 'first', null, 1, 5, 1, ['1', null], 1, 1, 1, 1];
  const alone: unknown[] = [];
  for (const step of steps) alone.push(...(await store.run([step])));
  expect(alone).toEqual(replies);
  const cleared = ['text', 'hash', 'set', 'device'].map((name) => command('DEL', key(name)));
  const [, together] = await Promise.all([store.run(cleared), store.run(steps)]);
  expect(together).toEqual(replies);
});

test('texts and large numbers arrive as they are, alone and among others; half of a surrogate pair as what stands for it', async () => {
  const { store, prefix } = await instanceOn(inject('redisUrl'));
  const given = ['', '[]', 'null', '"\\', 'a\u0000b\n', '推送', '🚀', 'a\ud800b', 9_007_199_254_740_991, -1];
  const expected = given.map((value) => String(value).toWellFormed());
  const keys = given.map((_value, index) => `${prefix}:{${index}}`);
  const set = given.map((value, index) => command('SET', keys[index]!, value));
  const get = keys.map((key) => command('GET', key));
  await store.run(set);
  expect(await store.run(get)).toEqual(expected);
  for (const step of set) await store.run([step]);
  const alone: unknown[] = [];
  for (const step of get) alone.push(...(await store.run([step])));
  expect(alone).toEqual(expected);
});

test('a key with half of a surrogate pair keeps none of the steps beside it from being done', async () => {
  const { store, prefix } = await instanceOn(inject('redisUrl'));
  const odd = script('ack', [`${prefix}:{1}:\ud800`, `${prefix}:{1}:q`], 5, 60_000);
  const [first, second] = await Promise.all([
    store.run([odd]),
    store.run([command('SET', `${prefix}:{2}`, 'there'), command('GET', `${prefix}:{2}`)]),
  ]);
  expect([first, second]).toEqual([[1], ['OK', 'there']]);
});

test('a step that fails stops none of other calls in the same turn, nor those before it', async () => {
  const { store, redis, prefix } = await instanceOn(inject('redisUrl'));
  const key = (name: string): string => `${prefix}:{one}:${name}`;
  await redis.set(key('queue'), 'no sorted set');
  const [failed, served] = await Promise.allSettled([
    store.run([
      command('SET', key('before'), '1'),
      script('ack', [key('device'), key('queue')], 5, 60_000),
      command('SET', key('behind'), '2'),
    ]),
    store.run([command('SET', key('other'), '3'), command('GET', key('other'))]),
  ]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
  expect(served).toEqual({ status: 'fulfilled', value: ['OK', '3'] });
  expect(await redis.mget(key('before'), key('behind'), key('device'))).toEqual(['1', '2', null]);
});

test('more steps than one script does at once are all answered in order', async () => {
  const { store, prefix } = await instanceOn(inject('redisUrl'));
  const keys = Array.from({ length: 450 }, (_none, index) => `${prefix}:{${index}}`);
  await store.run(keys.map((key, index) => command('SET', key, index)));
  expect(await store.run(keys.map((key) => command('GET', key)))).toEqual(keys.map((_key, index) => String(index)));
});
