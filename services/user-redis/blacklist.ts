import type { blackMarkCalls } from '../common/protocol/black-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Keys } from './keys.ts';
import { unpackDevice } from './packed-device.ts';
import { type Store, script } from './store.ts';

/** Marks of blacklisted devices. Which devices have one is said by whoever keeps the blacklist. */
export function blackMarkHandlers(store: Store, keys: Keys, routeTtlMs: number): Handlers<typeof blackMarkCalls> {
  return {
    async markBlacklisted({ items }) {
      const replies = await store.run(
        items.map(({ cid, blacklisted }) =>
          blacklisted
            ? script('mark-black', [keys.device(cid)])
            : script('unmark-black', [keys.device(cid)], routeTtlMs),
        ),
      );
      return {
        results: items.map(({ blacklisted }, index) => ({
          connection: blacklisted ? (unpackDevice(replies[index] as string)?.connection ?? null) : null,
        })),
      };
    },
  };
}
