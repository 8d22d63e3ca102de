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
import { memoryOf } from '../../../services/common/bus/redis-streams/retention.ts';
import { waitFor } from '../../rigs/process.ts';
import { type RedisServer, startRedis } from '../../rigs/redis.ts';
import { collect, numbered } from './collector.ts';

const bound = 100;

describe('what the bus on Redis Streams keeps, and for how long', () => {
  let server: RedisServer;
  let redis: Redis;
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'longwire-bus-retention-'));
    server = await startRedis({ dir });
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.end();
    rmSync(dir, { recursive: true, force: true });
  });

  /** @param kind the part of a topic's name that says what it is for. */
  async function openWith(options: Partial<RedisBusOptions>, kind = 'other'): Promise<{ bus: Bus; name: string }> {
    const quick = { leaseMs: 2_000, heartbeatMs: 100, trimEveryMs: 50, maxRecordsPerPartition: bound };
    const bus = await openRedisBus({ url: server.url, ...quick, ...options }, pino({ level: 'silent' }));
    onTestFinished(() => bus.close());
    const name = `t-${randomBytes(6).toString('hex')}.${kind}`;
    await bus.ensureTopic(name, 1);
    return { bus, name };
  }

  const caughtUp = (bus: Bus, name: string, group: string): Promise<unknown> =>
    waitFor(`${group} has caught up`, async () => (await bus.lag(name, group)).get(0) === 0, 10_000, 1);

  async function publishInStep(bus: Bus, name: string, group: string, from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 50) {
      await bus.publish(name, numbered(0, at, at + 50));
      await caughtUp(bus, name, group);
    }
  }

  test('BUS70 many times the bound is published and nothing refused, as long as it is read; offsets go on and memory stays', async () => {
    const { bus, name } = await openWith({});
    const reader = await collect(bus, { topic: name, group: 'reader' });
    await publishInStep(bus, name, 'reader', 0, 500);
    const usage = async (): Promise<number> =>
      Number(await redis.call('MEMORY', 'USAGE', keysOf(name).partition(0), 'SAMPLES', '0'));
    const before = await usage();
    await publishInStep(bus, name, 'reader', 500, 5_000);
    expect(reader.all()).toEqual(Array.from({ length: 5_000 }, (_none, index) => String(index)));
    const [range] = await bus.ranges(name);
    expect(range!.end).toBe(5_000);
    expect(range!.end - range!.begin).toBeLessThanOrEqual(bound);
    expect(range!.end - range!.begin).toBeGreaterThan(bound * 0.9);
    expect(await usage()).toBeLessThan(before * 1.3);
  });

  test('BUS71 what one group has not read makes a publish refuse, whatever others have read, and nothing of it goes', async () => {
    const { bus, name } = await openWith({});
    const gate = Promise.withResolvers<void>();
    const slow = await collect(bus, { topic: name, group: 'slow', maxBatch: 200, onBatch: () => gate.promise });
    await collect(bus, { topic: name, group: 'fast', maxBatch: 200 });
    await publishInStep(bus, name, 'fast', 0, bound);
    await expect(bus.publish(name, numbered(0, bound, bound + 1))).rejects.toMatchObject({ code: 'overloaded' });
    expect(await bus.ranges(name)).toEqual([{ partition: 0, begin: 0, end: bound }]);
    await waitFor('the fill is told', () => bus.retention()[0]?.fill === 1);
    gate.resolve();
    await caughtUp(bus, name, 'slow');
    await bus.publish(name, numbered(0, bound, bound + 1));
    await waitFor('the later record', () => slow.all().length === bound + 1);
    await waitFor('the fill is less', () => bus.retention()[0]!.fill < 0.1);
  });

  test('BUS72 the bound holds in bytes too: what was read makes room, what was not refuses', async () => {
    const { bus, name } = await openWith({ maxRecordsPerPartition: 100_000, maxBytesPerPartition: 1_000_000 });
    const large = (from: number, to: number) =>
      numbered(0, from, to).map((record) => ({ ...record, value: record.value.padEnd(50_000, 'x') }));
    const gates = [Promise.resolve()];
    const reader = await collect(bus, { topic: name, group: 'reader', maxBatch: 10, onBatch: () => gates.at(-1)! });
    for (let at = 0; at < 100; at += 10) {
      await bus.publish(name, large(at, at + 10));
      await caughtUp(bus, name, 'reader');
    }
    expect(reader.all().map((value) => Number.parseInt(value, 10))).toEqual([...Array(100).keys()]);
    await waitFor('bytes are told', () => (bus.retention()[0]?.bytes ?? 0) > 800_000);
    expect(bus.retention()[0]!.bytes).toBeLessThanOrEqual(1_000_000);
    const gate = Promise.withResolvers<void>();
    gates.push(gate.promise);
    await bus.publish(name, large(100, 110));
    await expect(bus.publish(name, large(110, 120))).rejects.toMatchObject({ code: 'overloaded' });
    gate.resolve();
    await caughtUp(bus, name, 'reader');
    await bus.publish(name, large(110, 120));
    await waitFor('all', () => reader.all().length === 120);
  });

  test('BUS73 receipts go soon after every group has committed them, routes stay for the retention', async () => {
    const receipts = await openWith({ consumedGraceMs: 100 }, 'receipt');
    const routes = await openWith({ consumedGraceMs: 100 }, 'other');
    for (const { bus, name } of [receipts, routes]) {
      await collect(bus, { topic: name, group: 'reader' });
      await publishInStep(bus, name, 'reader', 0, 50);
    }
    const gate = Promise.withResolvers<void>();
    await collect(receipts.bus, { topic: receipts.name, group: 'slow', onBatch: () => gate.promise });
    const passedMs = Date.now() + 400;
    await waitFor('some rounds of trimming', () => Date.now() > passedMs);
    expect(await receipts.bus.ranges(receipts.name)).toEqual([{ partition: 0, begin: 0, end: 50 }]);
    gate.resolve();
    await waitFor('receipts are gone', async () => (await receipts.bus.ranges(receipts.name))[0]!.begin === 50);
    expect(await routes.bus.ranges(routes.name)).toEqual([{ partition: 0, begin: 0, end: 50 }]);
  });

  test('BUS74 dead letters never refuse: at the bound the oldest go, though nobody reads them', async () => {
    const { bus, name } = await openWith({}, 'dead');
    for (let at = 0; at < 1_000; at += 50) await bus.publish(name, numbered(0, at, at + 50));
    const [range] = await bus.ranges(name);
    expect(range).toMatchObject({ end: 1_000 });
    expect(range!.end - range!.begin).toBeGreaterThan(bound * 0.9);
    expect(range!.end - range!.begin).toBeLessThanOrEqual(bound);
  });

  test('BUS75 a group without members holds records until the bound is reached, and no longer then', async () => {
    const { bus, name } = await openWith({ groupGoneMs: 300, retentionMs: 600_000 });
    const gone = await collect(bus, { topic: name, group: 'gone' });
    await collect(bus, { topic: name, group: 'reader' });
    await publishInStep(bus, name, 'gone', 0, 50);
    await gone.consumer.stop();
    const absent = async (): Promise<boolean> =>
      (await bus.groups(name)).some(({ group, absentMs }) => group === 'gone' && absentMs > 300);
    await waitFor('it is gone for long enough', absent);
    await publishInStep(bus, name, 'reader', 50, 100);
    expect((await bus.ranges(name))[0]!.begin).toBe(0);
    await publishInStep(bus, name, 'reader', 100, 1_000);
    expect((await bus.ranges(name))[0]!.begin).toBeGreaterThan(800);
    // Where it comes back it goes on from the oldest record that is left.
    const begin = (await bus.ranges(name))[0]!.begin;
    const back = await collect(bus, { topic: name, group: 'gone' });
    await caughtUp(bus, name, 'gone');
    expect(back.offsets.get(0)![0]).toBe(begin);
  });

  test('BUS76 a group that had no members for the whole retention is forgotten', async () => {
    const { bus, name } = await openWith({ retentionMs: 500 });
    const gone = await collect(bus, { topic: name, group: 'gone' });
    await collect(bus, { topic: name, group: 'reader' });
    await gone.consumer.stop();
    await publishInStep(bus, name, 'reader', 0, 50);
    await waitFor('it is forgotten', async () => {
      const groups = await bus.groups(name);
      return groups.length === 1 && groups[0]!.group === 'reader';
    });
    await waitFor('its records are gone', async () => (await bus.ranges(name))[0]!.begin === 50);
  });

  test('BUS77 records of the version before, which do not say their bytes, make room as well', async () => {
    const { bus, name } = await openWith({});
    const reader = await collect(bus, { topic: name, group: 'reader' });
    for (let at = 0; at < 80; at++)
      await redis.xadd(keysOf(name).partition(0), '0-*', 'k', 'k', 'v', `${at}`, 't', '1');
    await caughtUp(bus, name, 'reader');
    await publishInStep(bus, name, 'reader', 80, 580);
    expect(reader.all()).toEqual(Array.from({ length: 580 }, (_none, index) => String(index)));
    await waitFor('bytes are those of what is left', () => {
      const bytes = bus.retention()[0]?.bytes ?? 0;
      return bytes > 90 * 64 && bytes < 100 * 80;
    });
  });

  test('BUS80 a bus that is emptied makes its topics anew at the next publish; positions go on above those of before', async () => {
    const { bus, name } = await openWith({}, 'route');
    const reader = await collect(bus, { topic: name, group: 'reader' });
    const before = await bus.publish(name, numbered(0, 0, 50));
    await caughtUp(bus, name, 'reader');
    await waitFor('a while passes', () => Date.now() > before.at(-1)!);
    await redis.flushall();
    const after = await bus.publish(name, numbered(0, 50, 60));
    expect(after[0]).toBeGreaterThan(before.at(-1)!);
    await waitFor('the later records', () => reader.all().length === 60, 10_000);
    expect(reader.offsets.get(0)!.slice(-10)).toEqual(after);
    expect(await bus.ranges(name)).toEqual([{ partition: 0, begin: after[0], end: after[0]! + 10 }]);
  });

  test('BUS78 how far back a topic can be replayed is told once records were dropped for want of room', async () => {
    const { bus, name } = await openWith({});
    await collect(bus, { topic: name, group: 'reader' });
    await publishInStep(bus, name, 'reader', 0, bound);
    await waitFor('a survey', () => (bus.retention()[0]?.bytes ?? 0) > 0);
    expect(bus.retention()[0]!.windowMs).toBeUndefined();
    await publishInStep(bus, name, 'reader', bound, 2 * bound);
    const windowMs = await waitFor('the window', () => bus.retention()[0]!.windowMs);
    expect(windowMs).toBeLessThan(30_000);
  });

  test('BUS81 a commit beyond the end, of records that were lost, lets nothing go that came since', async () => {
    const { bus, name } = await openWith({ consumedGraceMs: 50 }, 'receipt');
    await redis.sadd(keysOf(name).groups, 'reader');
    await redis.hset(keysOf(name).commits, '0/reader', 1_000_000);
    await bus.publish(name, numbered(0, 0, bound));
    await expect(bus.publish(name, numbered(0, bound, bound + 1))).rejects.toMatchObject({ code: 'overloaded' });
    const reader = await collect(bus, { topic: name, group: 'other', maxBatch: 200 });
    await waitFor('another has all', () => reader.all().length === bound);
    const passedMs = Date.now() + 300;
    await waitFor('some rounds of trimming', () => Date.now() > passedMs);
    expect(await bus.ranges(name)).toEqual([{ partition: 0, begin: 0, end: bound }]);
  });

  test('BUS82 only of topics that are replayed a window is told, and what is kept for people fills nothing', async () => {
    for (const kind of ['receipt', 'dead']) {
      const { bus, name } = await openWith({}, kind);
      if (kind === 'receipt') await collect(bus, { topic: name, group: 'reader' });
      for (let at = 0; at < 5 * bound; at += 50) {
        await bus.publish(name, numbered(0, at, at + 50));
        if (kind === 'receipt') await caughtUp(bus, name, 'reader');
      }
      // One that was made before the reader had committed counts what it hadn't read.
      await waitFor(`a survey of ${kind}`, () => bus.retention().some(({ bytes, fill }) => bytes > 0 && fill === 0));
      expect(bus.retention()[0], kind).toMatchObject({ fill: 0, windowMs: undefined });
    }
  });

  test('BUS79 the bound follows the memory of Redis', () => {
    expect(memoryOf('maxmemory:0\r\ntotal_system_memory:8000000000\r\n')).toBe(4_000_000_000);
    expect(memoryOf('total_system_memory:8000000000\r\nmaxmemory:1000\r\n')).toBe(1_000);
  });
});
