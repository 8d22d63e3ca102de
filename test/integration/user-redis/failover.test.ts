import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { freeze, waitFor } from '../../rigs/process.ts';
import { startRedis } from '../../rigs/redis.ts';
import { commandAt, infoAt } from '../../rigs/redis-command.ts';
import { startSentinels } from '../../rigs/redis-sentinel.ts';
import { startProxy } from '../../rigs/tcp-proxy.ts';
import {
  ack,
  attach,
  enqueue,
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
/** Far above what a failover needs, far below for ever. */
const soonMs = 10_000;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-failover-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function server(name: string, ...args: string[]) {
  const started = await startRedis({ dir: join(dir, name), args });
  onTestFinished(() => started.end('SIGKILL'));
  return started;
}

test.for(['written to', 'left in peace'])(
  'a Redis that became a replica under a live connection, and is %s, is left within seconds for whoever has its address now',
  async (meanwhile) => {
    const first = await server('first');
    const second = await server('second', '--replicaof', `127.0.0.1 ${first.port}`, '--repl-diskless-sync-delay', '0');
    const proxy = await startProxy(first.port);
    onTestFinished(() => proxy.close());
    const { calls, store } = await readyInstance(`redis://127.0.0.1:${proxy.port}`);
    const cid = newCid();
    await enqueue(calls, recordOf(1, [cid]));
    await waitFor('the replica has it', async () => {
      const [one, two] = await Promise.all([first, second].map(({ port }) => infoAt(port, 'replication')));
      const offset = (info: string): string | undefined => /master_repl_offset:(\d+)/.exec(info)?.[1];
      return one!.includes('state=online') && offset(one!) === offset(two!);
    });
    const before = store.runId();

    proxy.target = second.port;
    await commandAt(second.port, 'REPLICAOF', 'NO', 'ONE');
    await commandAt(first.port, 'REPLICAOF', '127.0.0.1', second.port);
    if (meanwhile === 'written to') {
      await waitFor('a write', () => enqueue(calls, recordOf(2, [cid])), soonMs);
    } else await waitFor('another Redis', () => store.open && store.runId() !== before, soonMs);

    const { views } = await calls.views({ partitions: all });
    expect(views).toEqual(all.map(() => 'stale'));
    expect(store.runId()).not.toBe(before);
    expect(await commandAt(second.port, 'CLIENT', 'LIST')).toContain('longwire-users');
    await makeReady(calls);
    expect(seqsOf(await attach(calls, cid))[0]).toBe(seq(1));
  },
);

test('a Redis that hangs is left for whoever has its address later, also while it is being connected to', async () => {
  const [first, second] = [await server('first'), await server('second')];
  const proxy = await startProxy(first.port);
  onTestFinished(() => proxy.close());
  const { store } = await readyInstance(`redis://127.0.0.1:${proxy.port}`, { commandMs: 300 });
  const before = store.runId();
  await freeze(first.pid);
  onTestFinished(() => void process.kill(first.pid, 'SIGCONT'));
  await waitFor('it is closed', () => !store.open, soonMs);
  // From here on the next try hangs too: the connection is taken, and nothing is answered on it.
  const connections = proxy.accepted;
  await waitFor('two more tries', () => proxy.accepted >= connections + 2, soonMs);
  proxy.target = second.port;
  await waitFor('another Redis', () => store.open && store.runId() !== before, soonMs);
});

test('behind Sentinels: promoted and killed, the next master is found within seconds, and views are stale until they are filled', async () => {
  const rig = await startSentinels(dir);
  onTestFinished(() => rig.close());
  const { calls, store } = await readyInstance(rig.url.replace('/longwire', '/longwire/2'));
  const cid = newCid();
  const records = [recordOf(1, [cid]), recordOf(2, [cid])];
  await enqueue(calls, records[0]!);
  const names = [store.runId()];

  await rig.promote();
  await waitFor('the promoted one', () => store.open && !names.includes(store.runId()), soonMs);
  expect((await calls.views({ partitions: all })).views).toEqual(all.map(() => 'stale'));
  await makeReady(calls);
  await enqueue(calls, ...records);
  names.push(store.runId());

  await rig.followed(1);
  const master = await rig.masterPort();
  await rig.kill(master);
  await waitFor('the other one', () => store.open && !names.includes(store.runId()), 30_000);
  expect(await rig.masterPort()).not.toBe(master);
  expect((await attach(calls, cid)).ready).toBe(false);
  await makeReady(calls);
  expect(seqsOf(await attach(calls, cid))).toEqual([seq(1), seq(2)]);
});

test('a Redis that drops keys is not used while it may, and says why; whatever it dropped, all views are missing then', async () => {
  const redis = await server('evicting');
  const { calls, store } = await readyInstance(redis.url);
  const set = (name: string, value: string) => commandAt(redis.port, 'CONFIG', 'SET', name, value);
  await set('maxmemory-policy', 'allkeys-lru');
  expect((await calls.views({ partitions: all })).views).toEqual(all.map(() => 'ready'));

  await set('maxmemory', '3mb');
  await waitFor('it is closed', () => !store.open, soonMs);
  await waitFor('it says why', () => store.fault?.includes('allkeys-lru'), soonMs);
  await expect(pull(calls, newCid())).rejects.toMatchObject({ code: 'unavailable' });
  await waitFor('keys were dropped', async () => {
    for (let index = 0; index < 50; index++) await commandAt(redis.port, 'SET', `x${index}`, 'x'.repeat(100_000));
    return Number(/evicted_keys:(\d+)/.exec(await infoAt(redis.port, 'stats'))?.[1]) > 0;
  });

  await set('maxmemory', '0');
  await waitFor('it is open again', () => store.open, soonMs);
  expect((await calls.views({ partitions: all })).views).toEqual(all.map(() => 'missing'));
  await makeReady(calls);
  await waitFor('some looks later', async () => {
    const info = await infoAt(redis.port, 'commandstats');
    return Number(/cmdstat_info:calls=(\d+)/.exec(info)?.[1]) > 3;
  });
  expect((await calls.views({ partitions: all })).views).toEqual(all.map(() => 'ready'));
});

test('with memory full a request_id that came before gets its first answer', async () => {
  const redis = await server('full');
  const { calls } = await readyInstance(redis.url);
  const id = { app: 'app', requestId: 'request-1', owner: 'im-1:a:mark' };
  const again = { items: [{ ...id, owner: 'im-2:b:mark', day: '0102', leaseMs: 60_000 }] };
  await calls.reserve({ items: [{ ...id, day: '0101', leaseMs: 60_000 }] });
  await calls.settle({ items: [{ ...id, answer: 'the answer' }] });
  await commandAt(redis.port, 'CONFIG', 'SET', 'maxmemory', '1mb');
  const first = { state: 'done', day: '0101', answer: 'the answer', mark: 'mark' };
  expect(await calls.reserve(again)).toEqual({ results: [first] });
});

test('with memory full a call is refused within a second, acknowledgements still make room, and all goes on once there is some', async () => {
  const redis = await server('full');
  const { calls, store } = await readyInstance(redis.url);
  const cid = newCid();
  await enqueue(calls, recordOf(1, [cid]));
  await commandAt(redis.port, 'CONFIG', 'SET', 'maxmemory', '1mb');

  const startMs = performance.now();
  await expect(enqueue(calls, recordOf(2, [cid]))).rejects.toMatchObject({ code: 'unavailable' });
  expect(performance.now() - startMs).toBeLessThan(1_000);
  expect(store.open).toBe(true);
  expect(seqsOf(await pull(calls, cid))).toEqual([seq(1)]);
  await ack(calls, cid, seq(1));
  expect(seqsOf(await pull(calls, cid))).toEqual([]);
  expect(await attach(calls, cid, { seq: seq(1) })).toMatchObject({ ready: true });

  await commandAt(redis.port, 'CONFIG', 'SET', 'maxmemory', '0');
  await enqueue(calls, recordOf(2, [cid]));
  expect(seqsOf(await pull(calls, cid))).toEqual([seq(2)]);
});
