import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { partitionOf, seqOf } from '../../../services/common/protocol/positions.ts';
import type { NodeLease, Route, UserRedisCalls } from '../../../services/common/protocol/user-redis-calls.ts';
import type { Handlers } from '../../../services/common/rpc/contract.ts';
import { RedisStore } from '../../../services/user-redis/edges/redis-store.ts';
import { createHandlers } from '../../../services/user-redis/handlers.ts';
import { Keys } from '../../../services/user-redis/keys.ts';
import type { Store } from '../../../services/user-redis/store.ts';
import { waitFor } from '../../rigs/process.ts';

export type Calls = Handlers<UserRedisCalls>;
export type StoredRecord = Parameters<Calls['enqueue']>[0]['records'][number];

export const partitions = 4;
export const app = 'app';

export interface Instance {
  calls: Calls;
  store: RedisStore;
  redis: Redis;
  prefix: string;
  /** The clock of the handlers: real time plus this. */
  clock: { aheadMs: number };
}

/** An instance of user-redis without its HTTP, on a prefix of its own, ended with the test. */
export async function instanceOn(
  url: string,
  options: { prefix?: string; commandMs?: number; leaseTtlMs?: number; wrap?: (store: Store) => Store } = {},
): Promise<Instance> {
  const prefix = options.prefix ?? `t${randomBytes(6).toString('hex')}`;
  const keys = new Keys(prefix);
  const store = new RedisStore({ url, commandMs: options.commandMs ?? 2_000, keys }, pino({ level: 'silent' }));
  store.start();
  const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  onTestFinished(() => {
    store.stop();
    redis.disconnect();
  });
  await waitFor('Redis is connected', () => store.open);
  const clock = { aheadMs: 0 };
  const calls = createHandlers(options.wrap?.(store) ?? store, {
    keyPrefix: prefix,
    routePartitions: partitions,
    routeTtlMs: 7 * 86_400_000,
    leaseTtlMs: options.leaseTtlMs ?? 10_000,
    now: () => Date.now() + clock.aheadMs,
  });
  return { calls, store, redis, prefix, clock };
}

/** An instance whose views are whole. */
export async function readyInstance(...given: Parameters<typeof instanceOn>): Promise<Instance> {
  const instance = await instanceOn(...given);
  await makeReady(instance.calls);
  return instance;
}

export async function makeReady(calls: Calls): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    await calls.beginReplay({ partition, replay: 'replay-1' });
    await calls.finishReplay({ partition, replay: 'replay-1' });
  }
}

export const newCid = (): string => randomBytes(16).toString('hex');

/** High positions, as a topic of a late generation has them. */
export const seq = (offset: number): number => seqOf(2_046, offset);

export function recordOf(offset: number, cids: string[], more: Partial<StoredRecord> = {}): StoredRecord {
  const id = more.id ?? `task-${offset}-${cids[0]!.slice(0, 8)}`;
  const exp = Date.now() + 60_000;
  return { id, seq: seq(offset), task: id, exp, stored: true, body: `{"id":"${id}"}`, cids, ...more };
}

/** Stores records whose first cids are of one partition; answers each one's targets. */
export async function enqueue(calls: Calls, ...records: StoredRecord[]) {
  const partition = partitionOf(records[0]!.cids[0]!, partitions);
  return calls.enqueue({ partition, records });
}

export const routeTo = (conn: number, node = 'n1', boot = 'b1'): Route => ({ node, boot, conn });

export function leaseOf({ node, boot }: Route): NodeLease {
  return { node, boot, address: `http://${node}:1` };
}

export async function attach(
  calls: Calls,
  cid: string,
  given: Partial<{
    route: Route;
    seq: number;
    again: boolean;
    loggedInAt: number;
    limit: number;
    bseq: number | null;
    tail: number;
  }> = {},
) {
  const item = {
    cid,
    route: routeTo(1),
    seq: 0,
    again: false,
    loggedInAt: 1_000,
    limit: 100,
    bseq: 0,
    tail: 0,
    ...given,
  };
  return (await calls.attach({ items: [item] })).results[0]!;
}

export async function pull(calls: Calls, cid: string, after = 0, limit = 100) {
  return (await calls.pull({ items: [{ cid, after, limit }] })).results[0]!;
}

export async function ack(calls: Calls, cid: string, upTo: number): Promise<void> {
  await calls.ack({ items: [{ cid, seq: upTo }] });
}

export const seqsOf = ({ entries }: { entries: { seq: number }[] }): number[] => entries.map((entry) => entry.seq);
