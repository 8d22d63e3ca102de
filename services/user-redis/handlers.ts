import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { blackMarkHandlers } from './blacklist.ts';
import { broadcastHandlers } from './broadcasts.ts';
import { connectionHandlers } from './connections.ts';
import { Keys } from './keys.ts';
import { leaseHandlers } from './leases.ts';
import { queueHandlers } from './queue.ts';
import { queuedHandlers } from './queued.ts';
import { quotaHandlers } from './quotas.ts';
import { requestHandlers } from './requests.ts';
import { stopHandlers } from './stops.ts';
import { command, type Store } from './store.ts';
import { Views } from './views.ts';

export interface HandlerOptions {
  keyPrefix: string;
  routePartitions: number;
  routeTtlMs: number;
  leaseTtlMs: number;
  now: () => number;
  /** Told of each device that was known to have finished more than there is, which was forgotten. */
  onForgotten?: () => void;
}

/** How long a role's generation counts after it was said last: a wrong one is forgotten soon after its role is gone. */
const saidMs = 60_000;

/** Every call of user-redis. */
export function createHandlers(store: Store, options: HandlerOptions): Handlers<UserRedisCalls> {
  const keys = new Keys(options.keyPrefix);
  const views = new Views(store, keys);
  return {
    ...queueHandlers(store, keys, views, options),
    ...broadcastHandlers(store, keys, views, options.now),
    ...leaseHandlers(store, keys, options.leaseTtlMs),
    ...stopHandlers(store, keys, options.now),
    ...blackMarkHandlers(store, keys, options.routeTtlMs),
    ...queuedHandlers(store, keys, views, options.routePartitions),
    ...connectionHandlers(store, keys),
    ...quotaHandlers(store, keys),
    ...requestHandlers(store, keys, options.now),
    layout: async ({ routeGeneration }) => {
      const now = options.now();
      const [, , , said] = await store.run([
        command('ZADD', keys.layout(), now + saidMs, routeGeneration),
        command('ZREMRANGEBYSCORE', keys.layout(), '-inf', now),
        command('PEXPIRE', keys.layout(), saidMs),
        command('ZRANGE', keys.layout(), 0, -1),
      ]);
      const highest = Math.max(routeGeneration, ...(said as string[]).map(Number));
      return { routePartitions: options.routePartitions, routeGeneration: highest };
    },
    views: async ({ partitions }) => ({ views: await views.states(partitions) }),
    beginReplay: async ({ partition, replay }) => {
      await views.beginReplay(partition, replay);
      return {};
    },
    finishReplay: async ({ partition, replay }) => ({ finished: await views.finishReplay(partition, replay) }),
  };
}
