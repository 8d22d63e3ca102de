import { randomBytes } from 'node:crypto';
import type { NodeLease, Route, UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { TtlCache } from '../common/ttl-cache.ts';
import type { Keys } from './keys.ts';
import { type Device, unpackDevice } from './packed-device.ts';
import { command, type Step, type Store, script } from './store.ts';

type LeaseHandlers = Pick<Handlers<UserRedisCalls>, 'renewLease' | 'releaseLease' | 'nodes' | 'status'>;

interface LeaseOptions {
  leaseTtlMs: number;
  now: () => number;
}

/** How long a lease that was read counts for who is online, and how many such there are at the most. */
const maxRecentMs = 250;
const maxRecent = 1_000;

/** CM nodes' leases, and who is online by them. */
export function leaseHandlers(store: Store, keys: Keys, { leaseTtlMs, now }: LeaseOptions): LeaseHandlers {
  /** Leases as they were read a moment ago: else each status would be two steps, one after the other. */
  const recent = new TtlCache<NodeLease>(Math.min(maxRecentMs, leaseTtlMs / 10), maxRecent);

  /** Leases of the nodes that devices are at; those of another boot than a device's are read anew. */
  async function leasesFor(routes: Route[]): Promise<Map<string, NodeLease>> {
    const at = now();
    const found = new Map<string, NodeLease>();
    const missing = new Set<string>();
    for (const { node, boot } of routes) {
      const known = recent.get(node, at);
      if (known?.fresh && known.value.boot === boot) found.set(node, known.value);
      else missing.add(node);
    }
    if (missing.size === 0) return found;
    for (const [node, lease] of await leasesOf(store, keys, [...missing])) {
      found.set(node, lease);
      recent.set(node, lease, at);
    }
    return found;
  }

  return {
    async renewLease({ node, boot, address }) {
      recent.delete(node);
      const newTerm = randomBytes(8).toString('hex');
      const [term] = await store.run([
        script('renew-lease', [keys.lease(node), keys.nodes()], node, `${boot} ${address}`, leaseTtlMs, newTerm),
      ]);
      return { term: term as string, store: store.runId(), ttlMs: leaseTtlMs };
    },

    async releaseLease({ node, boot, address }) {
      recent.delete(node);
      await store.run([script('release-lease', [keys.lease(node), keys.nodes()], node, `${boot} ${address}`)]);
      return {};
    },

    async nodes() {
      const [names] = (await store.run([command('ZRANGE', keys.nodes(), 0, -1)])) as [string[]];
      return { nodes: [...(await leasesOf(store, keys, names)).values()] };
    },

    async status({ items }) {
      const steps: Step[] = [];
      for (const { cid } of items) steps.push(command('GET', keys.device(cid)), command('ZCARD', keys.queue(cid)));
      const replies = await store.run(steps);
      const devices: (Device | null)[] = [];
      const routes: Route[] = [];
      for (let index = 0; index < items.length; index++) {
        const device = unpackDevice(replies[2 * index] as string | null);
        devices.push(device);
        if (device?.route) routes.push(device.route);
      }
      const leases = await leasesFor(routes);
      return {
        results: devices.map((device, index) => {
          const route = device?.route;
          const status = {
            online: route != null && leases.get(route.node)?.boot === route.boot,
            depth: replies[2 * index + 1] as number,
            attachedAt: device?.attachedAt || null,
          };
          return device?.blacklisted ? { ...status, blacklisted: true as const } : status;
        }),
      };
    },
  };
}

/** The leases that these nodes have now. */
export async function leasesOf(store: Store, keys: Keys, nodes: string[]): Promise<Map<string, NodeLease>> {
  if (nodes.length === 0) return new Map();
  const replies = (await store.run(nodes.map((node) => command('GET', keys.lease(node))))) as (string | null)[];
  const found = new Map<string, NodeLease>();
  for (const [index, packed] of replies.entries()) {
    const [boot, address] = packed?.split(' ') ?? [];
    const node = nodes[index]!;
    if (boot && address) found.set(node, { node, boot, address });
  }
  return found;
}
