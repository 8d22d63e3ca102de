import type { stopCalls } from '../common/protocol/stop-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { bodySlackMs } from './first-seen.ts';
import type { Keys } from './keys.ts';
import { command, type Store } from './store.ts';

/** Stops tasks: an empty body takes the place of a task's message, so that references to it lead nowhere from then on. */
export function stopHandlers(store: Store, keys: Keys, now: () => number): Handlers<typeof stopCalls> {
  return {
    async stopTasks({ items }) {
      await store.run(
        items.map(({ task, until }) =>
          command('SET', keys.body(task), '', 'PX', Math.max(1, until - now()) + bodySlackMs),
        ),
      );
      return { results: items.map(() => ({})) };
    },
  };
}
