import { Batcher } from '../common/batcher.ts';
import type { BroadcastLogs } from './ports.ts';

type Found = Awaited<ReturnType<BroadcastLogs['broadcastsAfter']>>['results'][number];

/** One read, with its repeats. */
const readMs = 2_000;
const pageSize = 500;
const maxPending = 100_000;

/** Apps' logs of broadcasts in user-redis, one app or message at a time; batches form by themselves under load. */
export class BroadcastReader {
  #pages: Batcher<{ app: string; after: number }, Found>;
  #bodies: Batcher<string, string | null>;

  constructor(logs: BroadcastLogs) {
    this.#pages = new Batcher({
      ...{ maxItems: 200, maxPending, concurrency: 2 },
      run: async (asked) => {
        const items = asked.map((item) => ({ ...item, limit: pageSize }));
        return (await logs.broadcastsAfter({ items }, { deadlineMs: readMs })).results;
      },
    });
    this.#bodies = new Batcher({
      ...{ maxItems: 200, maxPending, concurrency: 4 },
      run: async (asked) => {
        // Connections that catch up mostly ask for the same.
        const tasks = [...new Set(asked)];
        const items = tasks.map((task) => ({ task }));
        const { results } = await logs.broadcastBodies({ items }, { deadlineMs: readMs });
        const found = new Map(tasks.map((task, index) => [task, results[index]!.body]));
        return asked.map((task) => found.get(task) ?? null);
      },
    });
  }

  /** The next page of an app's log. @throws LongwireError retryable */
  after(app: string, bseq: number): Promise<Found> {
    return this.#pages.add({ app, after: bseq });
  }

  /** A task's push frame, complete but for its position; null if there is nothing left of it. @throws LongwireError retryable */
  body(task: string): Promise<string | null> {
    return this.#bodies.add(task);
  }
}
