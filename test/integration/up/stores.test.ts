import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PortFinder } from '../../../scripts/up/ports.ts';
import { planStores } from '../../../scripts/up/stores.ts';
import type { Managed } from '../../rigs/process.ts';
import { startRedis } from '../../rigs/redis.ts';

let dir: string;
let started: Managed[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-up-stores-'));
});
afterEach(async () => {
  await stopAll();
  rmSync(dir, { recursive: true, force: true });
});

async function stopAll(): Promise<void> {
  await Promise.all(started.map((store) => store.end()));
  started = [];
}

/** Both Redis of a system on the folder, without its database. */
async function startBoth() {
  const stores = await planStores(dir, 'redis', new PortFinder());
  for (const unit of stores.units) {
    if (unit.role !== 'mariadb') started.push(await unit.start());
  }
  return { users: stores.redisUrl(), bus: stores.busRedisUrl() };
}

async function ask<Answer>(url: string, question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

const keysOfBoth = (url: string) =>
  ask(url, async (redis) => [
    await redis.keys('*'),
    await redis.select(1 - Number(redis.options.db)),
    await redis.keys('*'),
  ]);

test('a folder in which the bus and the users had one Redis is parted once: each keeps its own', async () => {
  const both = await startRedis({ dir: join(dir, 'redis') });
  started.push(both);
  await ask(`${both.url}/0`, (redis) => redis.set('of users', 'kept'));
  await ask(`${both.url}/1`, (redis) => redis.xadd('of the bus', '1-1', 'kept', ''));
  await stopAll();

  const parted = await startBoth();
  expect(await keysOfBoth(parted.users)).toEqual([['of users'], 'OK', []]);
  expect(await keysOfBoth(parted.bus)).toEqual([['of the bus'], 'OK', []]);
  await ask(parted.bus, (redis) => redis.xadd('of the bus', '2-1', 'new', ''));
  await ask(parted.users, (redis) => redis.set('new', ''));
  await stopAll();

  const again = await startBoth();
  expect((await ask(again.users, (redis) => redis.keys('*'))).sort()).toEqual(['new', 'of users']);
  expect(await ask(again.bus, (redis) => redis.xlen('of the bus'))).toBe(2);
});

test('the bus is on disk before it answers, the users’ Redis within a second', async () => {
  const { users, bus } = await startBoth();
  const fsyncOf = (url: string) =>
    ask(url, async (redis) => ((await redis.config('GET', 'appendfsync')) as string[])[1]);
  expect(await fsyncOf(bus)).toBe('always');
  expect(await fsyncOf(users)).toBe('everysec');
});
