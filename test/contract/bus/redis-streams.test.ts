import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Bus } from '../../../services/common/bus/bus.ts';
import { keysOf } from '../../../services/common/bus/redis-streams/keys.ts';
import { openRedisBus, type RedisBusOptions } from '../../../services/common/bus/redis-streams/redis-bus.ts';
import { waitFor } from '../../rigs/process.ts';
import { type RedisServer, startRedis } from '../../rigs/redis.ts';
import { collect, numbered } from './collector.ts';
import type { BusRig } from './rig.ts';
import { describeBus } from './suite.ts';

describeBus('Redis Streams', async (): Promise<BusRig> => {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-bus-redis-'));
  let server = await startRedis({ dir });
  const { port, url } = server;
  return {
    spec: { kind: 'redis', url },
    kill: () => server.end('SIGKILL'),
    async start() {
      server = await startRedis({ dir, port });
    },
    async close() {
      await server.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});

describe('bus on Redis Streams: what is its own', () => {
  let server: RedisServer | undefined;
  let redis: Redis | undefined;
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'longwire-bus-redis-'));
    server = await startRedis({ dir });
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.end();
    rmSync(dir, { recursive: true, force: true });
  });

  async function openWith(options: Partial<RedisBusOptions>, partitions = 1): Promise<{ bus: Bus; name: string }> {
    const quick = { leaseMs: 2_000, heartbeatMs: 200 };
    const bus = await openRedisBus({ url: server!.url, ...quick, ...options }, pino({ level: 'silent' }));
    onTestFinished(() => bus.close());
    const name = `t-${randomBytes(6).toString('hex')}`;
    await bus.ensureTopic(name, partitions);
    return { bus, name };
  }

  /** Tells how often Redis has run a command, as of now. */
  async function calls(): Promise<(command: string) => number> {
    const info = await redis!.info('commandstats');
    return (command) => Number(info.split(`cmdstat_${command}:calls=`)[1]?.split(',')[0] ?? 0);
  }

  test('BUS40 a publish that would exceed the cap of a partition is refused as overloaded, and none of it is kept', async () => {
    const { bus, name } = await openWith({ maxRecordsPerPartition: 10 });
    await bus.publish(name, numbered(0, 0, 8));
    await expect(bus.publish(name, numbered(0, 8, 11))).rejects.toMatchObject({ code: 'overloaded' });
    expect(await bus.ranges(name)).toEqual([{ partition: 0, begin: 0, end: 8 }]);
    expect(await bus.publish(name, numbered(0, 8, 10))).toEqual([8, 9]);
  });

  test('BUS44 publishes to several partitions at once go to Redis in one call; one that is full, or no stream, refuses only its own', async () => {
    const { bus, name } = await openWith({ maxRecordsPerPartition: 10 }, 4);
    await bus.publish(name, numbered(1, 0, 10));
    await redis!.set(keysOf(name).partition(2), 'no stream');
    const earlier = await calls();
    const publishes = [0, 1, 2, 3].map((partition) => bus.publish(name, numbered(partition, 10, 12)));
    const outcomes = await Promise.allSettled(publishes);
    const later = await calls();
    expect(later('evalsha') - earlier('evalsha')).toBe(1);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: [0, 1] },
      { status: 'rejected', reason: { code: 'overloaded' } },
      { status: 'rejected', reason: { code: 'unavailable' } },
      { status: 'fulfilled', value: [0, 1] },
    ]);
    expect(await redis!.xlen(keysOf(name).partition(1))).toBe(10);
  });

  test('BUS45 while a consumer keeps up, a burst over many partitions costs a few commands, and no read is broken off', async () => {
    const { bus, name } = await openWith({ heartbeatMs: 60_000, leaseMs: 120_000 }, 16);
    const seen = await collect(bus, { topic: name, group: 'burst' });
    const burst = Array.from({ length: 16 }, (_none, partition) => numbered(partition, 0, 1)).flat();
    const publish = async (rounds: number): Promise<void> => {
      await bus.publish(name, burst);
      await waitFor('the burst', () => seen.all().length === rounds * 16);
      await waitFor('its commits', async () => {
        const commits = await redis!.hvals(keysOf(name).commits);
        return commits.length === 16 && commits.every((offset) => Number(offset) === rounds);
      });
    };
    await publish(1);
    const earlier = await calls();
    await publish(2);
    const later = await calls();
    expect(later('xadd') - earlier('xadd')).toBe(16);
    expect(later('evalsha') - earlier('evalsha')).toBeLessThan(8);
    expect(later('xread') - earlier('xread')).toBeLessThan(8);
    expect(later('client|unblock') - earlier('client|unblock')).toBe(0);
  });

  test('BUS46 one partition with far more than is read ahead goes on at once while the others are idle', async () => {
    const { bus, name } = await openWith({ deadlineMs: 8_000 }, 4);
    await bus.publish(name, numbered(0, 0, 500));
    const seen = await collect(bus, { topic: name, group: 'hot', maxBatch: 10 });
    await waitFor('all records', () => seen.all().length === 500, 3_000);
    expect(seen.offsets.get(0)).toEqual(Array.from({ length: 500 }, (_none, index) => index));
  });

  test('BUS48 a group with a pace reads less often, in larger batches; all of it comes in order, and a full read waits for nothing', async () => {
    const { bus, name } = await openWith({ heartbeatMs: 60_000, leaseMs: 120_000 });
    const sizes: number[] = [];
    const seen = await collect(bus, {
      ...{ topic: name, group: 'paced', paceMs: 400, maxBatch: 20 },
      onBatch: async ({ records }) => void sizes.push(records.length),
    });
    await bus.publish(name, numbered(0, 0, 1));
    await waitFor('the first', () => seen.all().length === 1, 350);
    const earlier = await calls();
    // One publish after another, each of which would wake a read.
    for (let value = 1; value < 16; value++) await bus.publish(name, numbered(0, value, value + 1));
    await waitFor('the rest', () => seen.all().length === 16);
    const later = await calls();
    expect(later('xread') - earlier('xread')).toBeLessThan(8);
    expect(Math.max(...sizes)).toBeGreaterThan(3);
    await bus.publish(name, numbered(0, 16, 500));
    await waitFor('far more than a batch', () => seen.all().length === 500, 3_000);
    expect(seen.offsets.get(0)).toEqual(Array.from({ length: 500 }, (_none, index) => index));
  });

  test('BUS47 after a restart what was read ahead is read again, from where onStart says', async () => {
    const { bus, name } = await openWith({});
    await bus.publish(name, numbered(0, 0, 20));
    let asked = 0;
    const seen = await collect(bus, {
      topic: name,
      group: 'again',
      maxBatch: 5,
      onStart: async (_partition, committed) => (asked++ === 0 ? committed : 3),
      onBatch: async ({ partition, records }) => {
        if (records[0]?.offset === 5 && asked === 1) seen.consumer.restart(partition);
      },
    });
    await waitFor('all records', () => seen.offsets.get(0)?.at(-1) === 19);
    expect(seen.offsets.get(0)).toEqual([
      ...Array(10).keys(),
      ...Array.from({ length: 17 }, (_none, index) => index + 3),
    ]);
  });

  test('BUS41 records past their retention are dropped once every group has committed them; offsets go on', async () => {
    const { bus, name } = await openWith({ retentionMs: 50, trimEveryMs: 100 });
    await bus.publish(name, numbered(0, 0, 20));
    const gate = Promise.withResolvers<void>();
    const slow = await collect(bus, { topic: name, group: 'slow', maxBatch: 5, onBatch: () => gate.promise });
    const fast = await collect(bus, { topic: name, group: 'fast' });
    await waitFor('the fast group', async () => (await bus.lag(name, 'fast')).get(0) === 0);
    const passedMs = Date.now() + 400;
    await waitFor('some rounds of trimming', () => Date.now() > passedMs);
    expect(await bus.ranges(name)).toEqual([{ partition: 0, begin: 0, end: 20 }]);
    gate.resolve();
    await waitFor('all dropped', async () => (await bus.ranges(name))[0]?.begin === 20);
    expect(slow.offsets.get(0)).toEqual(Array.from({ length: 20 }, (_none, index) => index));
    expect(await bus.publish(name, numbered(0, 20, 21))).toEqual([20]);
    await waitFor('the later record', () => slow.all().length === 21 && fast.all().length === 21);
  });

  test('BUS42 a consumer whose lease is another’s commits nothing, drops the partition, and takes it again when it is free', async () => {
    const { bus, name } = await openWith({ heartbeatMs: 60_000, leaseMs: 120_000 });
    const lease = keysOf(name).lease('fenced', 0);
    const stopped: number[] = [];
    let taken = false;
    const seen = await collect(bus, {
      topic: name,
      group: 'fenced',
      maxBatch: 1,
      onBatch: async () => {
        if (!taken) await redis!.set(lease, 'another', 'PX', 60_000);
        taken = true;
      },
      onStop: (partition) => stopped.push(partition),
    });
    await bus.publish(name, numbered(0, 0, 2));
    await waitFor('the partition is dropped', () => stopped.length === 1);
    expect(seen.consumer.owned()).toEqual([]);
    expect((await bus.lag(name, 'fenced')).get(0)).toBe(2);
    expect(await redis!.get(lease)).toBe('another');
    await redis!.del(lease);
    await redis!.xadd(keysOf(name).changes('fenced'), '*', 'c', '1');
    await waitFor('the partition is back', () => seen.consumer.owned().length === 1);
    await waitFor('the batch again', async () => (await bus.lag(name, 'fenced')).get(0) === 0);
    expect(seen.offsets.get(0)).toEqual([0, 0, 1]);
  });
});
