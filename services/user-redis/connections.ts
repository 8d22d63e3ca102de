import type { connectionCalls } from '../common/protocol/connection-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Keys } from './keys.ts';
import { leasesOf } from './leases.ts';
import { unpackDevice } from './packed-device.ts';
import { command, type Store } from './store.ts';

/** Where devices are connected, for people who look for them. */
export function connectionHandlers(store: Store, keys: Keys): Handlers<typeof connectionCalls> {
  return {
    async connections({ items }) {
      const replies = await store.run(items.map(({ cid }) => command('GET', keys.device(cid))));
      const devices = replies.map((reply) => unpackDevice(reply as string | null));
      const leases = await leasesOf(store, keys, [...new Set(devices.flatMap((device) => device?.route?.node ?? []))]);
      return {
        results: devices.map((device) => {
          const route = device?.route ?? null;
          if (!route || leases.get(route.node)?.boot !== route.boot) return null;
          return { route, since: device?.attachedAt || null };
        }),
      };
    },
  };
}
