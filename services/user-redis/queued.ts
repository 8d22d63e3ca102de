import { partitionOf } from '../common/protocol/positions.ts';
import type { queuedCalls } from '../common/protocol/queued-calls.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import type { Keys } from './keys.ts';
import { command, type Store } from './store.ts';
import type { Views } from './views.ts';

/** Whether there is still something to deliver, for whoever reaches devices by another way than their connection. */
export function queuedHandlers(
  store: Store,
  keys: Keys,
  views: Views,
  routePartitions: number,
): Handlers<typeof queuedCalls> {
  return {
    async queued({ items }) {
      const replies = await store.run([
        ...items.flatMap(({ cid, task, exp }) => [
          command('ZSCORE', keys.queue(cid), `${exp}:${task}`),
          command('EXISTS', keys.body(task)),
          command('STRLEN', keys.body(task)),
        ]),
        views.step(items.map(({ cid }) => partitionOf(cid, routePartitions))),
      ]);
      const states = views.read(replies.pop());
      return {
        results: states.map((view, index) => {
          const [position, exists, length] = replies.slice(3 * index, 3 * index + 3);
          return { queued: view !== 'ready' || position !== null, stopped: exists === 1 && length === 0 };
        }),
      };
    },
  };
}
