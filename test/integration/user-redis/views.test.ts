import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { partitionOf } from '../../../services/common/protocol/positions.ts';
import { waitFor } from '../../rigs/process.ts';
import { type RedisServer, startRedis } from '../../rigs/redis.ts';
import type { Instance } from './fixtures.ts';
import {
  attach,
  enqueue,
  instanceOn,
  makeReady,
  newCid,
  partitions,
  pull,
  readyInstance,
  recordOf,
  seq,
  seqsOf,
} from './fixtures.ts';

const all = Array.from({ length: partitions }, (_, partition) => partition);
let dir: string;
let server: RedisServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-views-'));
  server = await startRedis({ dir });
});

afterEach(async () => {
  await server.end();
  rmSync(dir, { recursive: true, force: true });
});

async function views({ calls }: Instance): Promise<string[]> {
  return (await calls.views({ partitions: all })).views;
}

async function restart({ store }: Instance): Promise<void> {
  await server.end('SIGKILL');
  await waitFor('the store is closed', () => !store.open);
  server = await startRedis({ dir, port: server.port });
  await waitFor('the store is open', () => store.open);
}

test('a view is missing until it was filled, and while it is filled it is not whole', async () => {
  const instance = await instanceOn(server.url);
  const { calls } = instance;
  const cid = newCid();
  const partition = partitionOf(cid, partitions);
  const record = recordOf(1, [cid]);
  expect(await views(instance)).toEqual(all.map(() => 'missing'));
  expect((await enqueue(calls, record)).view).toBe('missing');
  expect((await attach(calls, cid)).ready).toBe(false);
  await calls.beginReplay({ partition, replay: 'replay-1' });
  expect((await enqueue(calls, record)).view).toBe('replaying');
  expect((await pull(calls, cid)).ready).toBe(false);
  expect(await calls.finishReplay({ partition, replay: 'replay-1' })).toEqual({ finished: true });
  expect(await pull(calls, cid)).toMatchObject({ ready: true, entries: [{ seq: seq(1) }] });
  expect((await views(instance)).filter((view) => view === 'ready').length).toBe(1);
});

test('a replay that another took over does not finish', async () => {
  const instance = await instanceOn(server.url);
  await instance.calls.beginReplay({ partition: 0, replay: 'replay-1' });
  await instance.calls.beginReplay({ partition: 0, replay: 'replay-2' });
  expect(await instance.calls.finishReplay({ partition: 0, replay: 'replay-1' })).toEqual({ finished: false });
  expect((await views(instance))[0]).toBe('replaying');
  expect(await instance.calls.finishReplay({ partition: 0, replay: 'replay-2' })).toEqual({ finished: true });
  expect(await instance.calls.finishReplay({ partition: 0, replay: 'replay-1' })).toEqual({ finished: false });
});

test('when Redis is emptied each view is missing, and a lease has another term, also when its renewal is repeated', async () => {
  const instance = await readyInstance(server.url);
  const { calls, redis } = instance;
  const lease = { node: 'n1', boot: 'b1', address: 'http://n1:1' };
  const before = await calls.renewLease(lease);
  expect(await calls.renewLease(lease)).toEqual(before);
  await redis.flushall();
  expect(await views(instance)).toEqual(all.map(() => 'missing'));
  const after = await calls.renewLease(lease);
  expect(after.store).toBe(before.store);
  expect(after.term).not.toBe(before.term);
  expect(await calls.renewLease(lease)).toEqual(after);
});

test('when Redis restarts with its data each view is stale, and the store has another name', async () => {
  const instance = await readyInstance(server.url);
  const { calls } = instance;
  const cid = newCid();
  await enqueue(calls, recordOf(1, [cid]));
  const lease = { node: 'n1', boot: 'b1', address: 'http://n1:1' };
  const { store, term } = await calls.renewLease(lease);
  await restart(instance);
  expect(await views(instance)).toEqual(all.map(() => 'stale'));
  expect((await enqueue(calls, recordOf(2, [cid]))).view).toBe('stale');
  expect((await attach(calls, cid)).ready).toBe(false);
  const after = await calls.renewLease(lease);
  expect(after.term).toBe(term);
  expect(after.store).not.toBe(store);
  await makeReady(calls);
  expect(seqsOf(await pull(calls, cid))).toEqual([seq(1), seq(2)]);
});

test('a view that was being filled when Redis restarted is missing: any of it may be, not just the last moments', async () => {
  const instance = await readyInstance(server.url);
  await instance.calls.beginReplay({ partition: 0, replay: 'replay-1' });
  await restart(instance);
  expect(await views(instance)).toEqual(['missing', 'stale', 'stale', 'stale']);
  expect(await instance.calls.finishReplay({ partition: 0, replay: 'replay-1' })).toEqual({ finished: false });
});

test('what is read while a replay finishes does not count as whole', async () => {
  const { calls: router, prefix } = await instanceOn(inject('redisUrl'));
  const cid = newCid();
  const partition = partitionOf(cid, partitions);
  let reads = 0;
  const { calls } = await instanceOn(inject('redisUrl'), {
    prefix,
    // Between reading the queue and reading the bodies the router stores the last message and finishes.
    wrap: (store) => ({
      colocated: store.colocated,
      runId: () => store.runId(),
      run: async (steps) => {
        const replies = await store.run(steps);
        if (++reads === 1) {
          await enqueue(router, recordOf(2, [cid]));
          await router.finishReplay({ partition, replay: 'replay-1' });
        }
        return replies;
      },
    }),
  });
  await router.beginReplay({ partition, replay: 'replay-1' });
  await enqueue(router, recordOf(1, [cid]));
  expect((await pull(calls, cid)).ready).toBe(false);
  const again = await pull(calls, cid);
  expect([again.ready, seqsOf(again)]).toEqual([true, [seq(1), seq(2)]]);
});

test('after SCRIPT FLUSH calls fail as unavailable, and then the scripts are there again', async () => {
  const { calls, redis } = await readyInstance(server.url);
  const cid = newCid();
  await redis.script('FLUSH');
  await expect(attach(calls, cid)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await waitFor('attach works again', () => attach(calls, cid))).toMatchObject({ ready: true });
});
