import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { partitionOf } from '../../../services/common/protocol/positions.ts';
import { Keys } from '../../../services/user-redis/keys.ts';
import { waitFor } from '../../rigs/process.ts';
import { type ClusterRig, startCluster } from '../../rigs/redis-cluster.ts';
import { commandAt } from '../../rigs/redis-command.ts';
import {
  ack,
  attach,
  type Calls,
  instanceOn,
  makeReady,
  newCid,
  partitions,
  pull,
  recordOf,
  seq,
  seqsOf,
} from './fixtures.ts';

const all = Array.from({ length: partitions }, (_, partition) => partition);
const partition = 0;
const cids: string[] = [];
while (cids.length < 60) {
  const cid = newCid();
  if (partitionOf(cid, partitions) === partition) cids.push(cid);
}
let dir: string;
let rig: ClusterRig;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'longwire-cluster-'));
  rig = await startCluster(dir);
});

beforeEach(() => rig.whole());

afterAll(async () => {
  await rig.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Repeats a call as its callers do, while it is refused as `unavailable`. */
function repeated<T>(call: () => Promise<T>): Promise<T> {
  const value = async (): Promise<{ value: T } | undefined> => {
    try {
      return { value: await call() };
    } catch (error) {
      if ((error as { code?: string }).code === 'unavailable') return undefined;
      return Promise.reject(error);
    }
  };
  return waitFor('the call', value, 30_000, 5).then((done) => done.value);
}

/** What waits for each device, in pages: how much the load makes depends on how long the servers take. */
async function queuesOf(calls: Calls): Promise<number[][]> {
  const queues = cids.map((): number[] => []);
  for (;;) {
    const items = cids.map((cid, index) => ({ cid, after: queues[index]!.at(-1) ?? 0, limit: 1_000 }));
    const { results } = await repeated(() => calls.pull({ items }));
    if (results.every(({ entries }) => entries.length === 0)) return queues;
    for (const [index, result] of results.entries()) queues[index]!.push(...seqsOf(result));
  }
}

async function viewsOf(calls: Calls): Promise<string[]> {
  return repeated(async () => (await calls.views({ partitions: all })).views);
}

test('queues on all masters are filled, read and trimmed by calls that span them, and scripts are on each', async () => {
  const { calls } = await instanceOn(rig.url);
  await makeReady(calls);
  const records = [1, 2, 3].map((offset) => recordOf(offset, cids));
  expect((await calls.enqueue({ partition, records })).view).toBe('ready');
  const masters = new Set(await Promise.all(cids.map((cid) => rig.masterOf(`{${cid}}`))));
  expect(masters.size).toBe(3);
  const items = cids.map((cid) => ({ cid, after: 0, limit: 10 }));
  for (const result of (await calls.pull({ items })).results) {
    expect([result.ready, ...seqsOf(result)]).toEqual([true, seq(1), seq(2), seq(3)]);
  }
  await ack(calls, cids[0]!, seq(2));
  expect(seqsOf(await attach(calls, cids[0]!, { seq: seq(2) }))).toEqual([seq(3)]);
});

test('a master killed: another epoch within seconds, its views stale until they are filled, and what it had is there', async () => {
  const { calls, store, prefix } = await instanceOn(rig.url);
  await makeReady(calls);
  const records = [recordOf(1, cids), recordOf(2, cids)];
  await calls.enqueue({ partition, records: [records[0]!] });
  const before = store.runId();
  // Not the one that has the marks: theirs alone would not tell.
  const marks = await rig.masterOf(new Keys(prefix).views());
  const victim = (await rig.masterPorts()).find((port) => port !== marks)!;
  await rig.kill(victim);
  await waitFor('another epoch', () => store.open && store.runId() !== before, 30_000);
  expect(await viewsOf(calls)).toEqual(all.map(() => 'stale'));
  expect((await repeated(() => pull(calls, cids[0]!))).ready).toBe(false);
  await repeated(() => calls.enqueue({ partition, records }));
  await repeated(() => makeReady(calls));
  for (const cid of cids) expect(seqsOf(await repeated(() => pull(calls, cid)))).toEqual([seq(1), seq(2)]);
  await rig.start(victim);
});

test('a master emptied, though it has no mark of any view: no answer says that a view is whole, and then all are missing', async () => {
  const { calls, prefix } = await instanceOn(rig.url);
  await makeReady(calls);
  const records = [recordOf(1, cids)];
  await calls.enqueue({ partition, records });
  const marks = await rig.masterOf(new Keys(prefix).views());
  const emptied = (await rig.masterPorts()).find((port) => port !== marks)!;
  await commandAt(emptied, 'FLUSHALL');
  const at = await Promise.all(cids.map((cid) => rig.masterOf(`{${cid}}`)));
  const lost = cids.filter((_cid, index) => at[index] === emptied);
  await expect(pull(calls, lost[0]!)).rejects.toMatchObject({ code: 'unavailable' });
  expect((await repeated(() => pull(calls, lost[0]!))).ready).toBe(false);
  expect(await viewsOf(calls)).toEqual(all.map(() => 'missing'));
  await repeated(() => makeReady(calls));
  await calls.enqueue({ partition, records });
  expect(await viewsOf(calls)).toEqual(all.map(() => 'ready'));
});

test('slots moved, and a replica promoted, under load: each call is done when it is repeated, and nothing is missing', async () => {
  const { calls } = await instanceOn(rig.url);
  await makeReady(calls);
  let offset = 0;
  let going = true;
  const load = (async () => {
    while (going) {
      const records = [recordOf(++offset, cids)];
      await repeated(() => calls.enqueue({ partition, records }));
    }
  })();
  const [from, to] = (await rig.masterPorts()) as [number, number];
  await rig.reshard(from, to, 400);
  const moved = offset;
  await waitFor('load after the move', () => offset > moved + 5, 20_000);
  await rig.promote(to);
  const promoted = offset;
  await waitFor('load after the promotion', () => offset > promoted + 5, 20_000);
  going = false;
  await load;
  await repeated(() => makeReady(calls));
  const every = Array.from({ length: offset }, (_none, index) => seq(index + 1));
  for (const seqs of await queuesOf(calls)) expect(seqs).toEqual(every);
}, 120_000);
