import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Bus } from '../../../services/common/bus/bus.ts';
import { keysOf } from '../../../services/common/bus/redis-streams/keys.ts';
import { openRedisBus, type RedisBusOptions } from '../../../services/common/bus/redis-streams/redis-bus.ts';
import { waitFor } from '../../rigs/process.ts';
import { startRedis } from '../../rigs/redis.ts';
import { startCluster } from '../../rigs/redis-cluster.ts';
import { commandAt } from '../../rigs/redis-command.ts';
import { startSentinels } from '../../rigs/redis-sentinel.ts';
import { startProxy } from '../../rigs/tcp-proxy.ts';
import { collect, numbered } from './collector.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-bus-failover-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function open(url: string, options: Partial<RedisBusOptions> = {}): Promise<Bus> {
  const quick = { deadlineMs: 2_000, leaseMs: 2_000, heartbeatMs: 200 };
  const bus = await openRedisBus({ url, ...quick, ...options }, pino({ level: 'silent' }));
  onTestFinished(() => bus.close());
  return bus;
}

async function topicOn(bus: Bus): Promise<string> {
  const name = `t-${randomBytes(6).toString('hex')}`;
  await waitFor('the topic', () => bus.ensureTopic(name, 1).then(() => true), 30_000);
  return name;
}

/**
 * Publishes one record after another, each repeated until it is accepted, while `faults` are done; then each accepted one
 * has come, and no offset has stood for two records.
 */
async function underLoad(bus: Bus, name: string, faults: (published: () => number) => Promise<void>): Promise<void> {
  const seen = await collect(bus, { topic: name, group: 'load' });
  const accepted = new Map<number, string>();
  let going = true;
  const load = (async () => {
    for (let value = 0; going; value++) {
      const publish = async () => bus.publish(name, numbered(0, value, value + 1)).catch(() => undefined);
      const [offset] = await waitFor('a publish is accepted', publish, 60_000);
      accepted.set(offset!, String(value));
    }
  })();
  await waitFor('some records', () => accepted.size > 50);
  await faults(() => accepted.size);
  const after = accepted.size;
  await waitFor('it goes on', () => accepted.size > after + 50, 60_000);
  going = false;
  await load;
  const last = [...accepted.values()].at(-1)!;
  await waitFor('the last one came', () => seen.all().includes(last), 30_000);
  const values = new Map<number, string>();
  for (const [index, offset] of seen.offsets.get(0)!.entries()) {
    const value = seen.values.get(0)![index]!;
    expect(values.get(offset) ?? value).toBe(value);
    values.set(offset, value);
  }
  for (const [offset, value] of accepted) expect(values.get(offset)).toBe(value);
}

test('BUS50 behind Sentinels, promoted and then killed under load: no accepted record is lost, and no offset stands for two', async () => {
  const rig = await startSentinels(dir, 1);
  onTestFinished(() => rig.close());
  const bus = await open(`${rig.url}/1`);
  const name = await topicOn(bus);
  await underLoad(bus, name, async (published) => {
    await rig.promote();
    const before = published();
    await waitFor('it goes on', () => published() > before + 50, 30_000);
    await rig.followed(1);
    const victim = await rig.masterPort();
    await rig.kill(victim);
    await waitFor('the other is the master', async () => (await rig.masterPort()) !== victim, 30_000);
    await rig.start(victim);
  });
});

test('BUS56 behind Sentinels with a second replica, the master killed under load: it goes on without it', async () => {
  const rig = await startSentinels(dir, 2);
  onTestFinished(() => rig.close());
  const bus = await open(rig.url);
  const name = await topicOn(bus);
  await underLoad(bus, name, async () => rig.kill(await rig.masterPort()));
});

test('BUS51 in a Cluster, the topic’s master promoted away and then killed under load: likewise', async () => {
  const rig = await startCluster(dir);
  onTestFinished(() => rig.close());
  // With one replica a master, nobody is left to vouch after a death, until the dead one is back.
  const bus = await open(rig.url);
  const name = await topicOn(bus);
  const master = (): Promise<number> => rig.masterOf(keysOf(name).topic);
  await underLoad(bus, name, async (published) => {
    await rig.promote(await master());
    const before = published();
    await waitFor('it goes on', () => published() > before + 50, 30_000);
    await rig.whole();
    const victim = await master();
    await rig.kill(victim);
    await waitFor('another has its slots', async () => (await master()) !== victim, 30_000);
    await rig.start(victim);
  });
});

test('BUS52 a record that too few replicas have is refused as unavailable, and nobody reads it before they have it', async () => {
  const rig = await startSentinels(dir, 1);
  onTestFinished(() => rig.close());
  const bus = await open(rig.url, { deadlineMs: 1_000 });
  const name = await topicOn(bus);
  const seen = await collect(bus, { topic: name, group: 'wary' });
  const master = await rig.masterPort();
  const replica = rig.ports.find((port) => port !== master)!;
  await rig.kill(replica);
  await expect(bus.publish(name, numbered(0, 0, 1))).rejects.toMatchObject({ code: 'unavailable' });
  expect(await commandAt(master, 'XLEN', keysOf(name).partition(0))).toBe(1);
  await waitFor('readers asked for it', async () => {
    return Number(await commandAt(master, 'EXISTS', keysOf(name).fence)) === 1;
  });
  expect(seen.all()).toEqual([]);
  await rig.start(replica);
  await waitFor('it is read', () => seen.all().length === 1, 30_000);
});

test('BUS53 a Redis that became a replica under live connections is left within seconds, by publishers and readers', async () => {
  const first = await startRedis({ dir: join(dir, 'first') });
  const args = ['--replicaof', `127.0.0.1 ${first.port}`, '--repl-diskless-sync-delay', '0'];
  const second = await startRedis({ dir: join(dir, 'second'), args });
  const proxy = await startProxy(first.port);
  onTestFinished(async () => {
    await proxy.close();
    await Promise.all([first, second].map((server) => server.end('SIGKILL')));
  });
  const bus = await open(`redis://127.0.0.1:${proxy.port}`, { minReplicas: 1 });
  const name = await topicOn(bus);
  const seen = await collect(bus, { topic: name, group: 'moved' });
  await waitFor('a record', () => bus.publish(name, numbered(0, 0, 1)).catch(() => undefined), 20_000);
  await waitFor('it is read', () => seen.all().includes('0'));
  proxy.target = second.port;
  await commandAt(second.port, 'REPLICAOF', 'NO', 'ONE');
  await commandAt(first.port, 'REPLICAOF', '127.0.0.1', second.port);
  await waitFor('another record', () => bus.publish(name, numbered(0, 1, 2)).catch(() => undefined), 15_000);
  await waitFor('it is read', () => seen.all().includes('1'), 15_000);
  expect(await commandAt(second.port, 'XLEN', keysOf(name).partition(0))).toBeGreaterThanOrEqual(2);
});

test('BUS54 a Redis that may drop keys is no bus: not healthy, and publishes are refused until it may not', async () => {
  const server = await startRedis({ dir });
  onTestFinished(() => server.end('SIGKILL'));
  const bus = await open(server.url);
  const name = await topicOn(bus);
  await waitFor('health', () => bus.healthy());
  await commandAt(server.port, 'CONFIG', 'SET', 'maxmemory', '100mb');
  await commandAt(server.port, 'CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
  await waitFor('no health', () => !bus.healthy());
  await expect(bus.publish(name, numbered(0, 0, 1))).rejects.toMatchObject({ code: 'unavailable' });
  await commandAt(server.port, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await waitFor('health again', () => bus.healthy());
  await bus.publish(name, numbered(0, 0, 1));
});

test('BUS55 with memory full a publish is refused as overloaded within a second, and goes on once there is room', async () => {
  const server = await startRedis({ dir });
  onTestFinished(() => server.end('SIGKILL'));
  const bus = await open(server.url);
  const name = await topicOn(bus);
  const seen = await collect(bus, { topic: name, group: 'full' });
  await bus.publish(name, numbered(0, 0, 1));
  await commandAt(server.port, 'CONFIG', 'SET', 'maxmemory', '1mb');
  const startMs = performance.now();
  await expect(bus.publish(name, numbered(0, 1, 2))).rejects.toMatchObject({ code: 'overloaded' });
  expect(performance.now() - startMs).toBeLessThan(1_000);
  await commandAt(server.port, 'CONFIG', 'SET', 'maxmemory', '0');
  await bus.publish(name, numbered(0, 1, 2));
  await waitFor('both', () => seen.all().includes('1'));
});
