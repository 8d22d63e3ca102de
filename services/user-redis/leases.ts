import { randomBytes } from 'node:crypto';
import type { NodeLease, UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Keys } from './keys.ts';
import { unpackDevice } from './packed-device.ts';
import { command, type Store, script } from './store.ts';

type LeaseHandlers = Pick<Handlers<UserRedisCalls>, 'renewLease' | 'releaseLease' | 'nodes' | 'status'>;

/** CM nodes' leases, and who is online by them. */
export function leaseHandlers(store: Store, keys: Keys, leaseTtlMs: number): LeaseHandlers {
  return {
    async renewLease({ node, boot, address }) {
      const newTerm = randomBytes(8).toString('hex');
      const [term] = await store.run([
        script('renew-lease', [keys.lease(node), keys.nodes()], node, `${boot} ${address}`, leaseTtlMs, newTerm),
      ]);
      return { term: term as string, store: store.runId(), ttlMs: leaseTtlMs };
    },

    async releaseLease({ node, boot, address }) {
      await store.run([script('release-lease', [keys.lease(node), keys.nodes()], node, `${boot} ${address}`)]);
      return {};
    },

    async nodes() {
      const [names] = (await store.run([command('ZRANGE', keys.nodes(), 0, -1)])) as [string[]];
      return { nodes: [...(await leasesOf(store, keys, names)).values()] };
    },

    async status({ items }) {
      const replies = await store.run(
        items.flatMap(({ cid }) => [command('GET', keys.device(cid)), command('ZCARD', keys.queue(cid))]),
      );
      const devices = items.map((_, index) => unpackDevice(replies[2 * index] as string | null));
      const leases = await leasesOf(store, keys, [...new Set(devices.flatMap((device) => device?.route?.node ?? []))]);
      return {
        results: devices.map((device, index) => ({
          online: device?.route != null && leases.get(device.route.node)?.boot === device.route.boot,
          depth: replies[2 * index + 1] as number,
          attachedAt: device?.attachedAt || null,
          ...(device?.blacklisted ? { blacklisted: true as const } : {}),
        })),
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
