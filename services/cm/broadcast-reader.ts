import { Batcher } from '../common/batcher.ts';
import { LongwireError } from '../common/errors.ts';
import type { BroadcastLogs } from './ports.ts';

type Body = Awaited<ReturnType<BroadcastLogs['broadcastBodies']>>['results'][number];
type Found = Awaited<ReturnType<BroadcastLogs['broadcastsAfter']>>['results'][number];

/** One read, with its repeats. */
const readMs = 2_000;
const pageSize = 500;
const maxPending = 100_000;

/** Apps' logs of broadcasts in user-redis, one app or message at a time; batches form by themselves under load. */
export class BroadcastReader {
  #pages: Batcher<{ app: string; after: number }, Found>;
  #bodies: Batcher<{ app: string; task: string }, Body>;

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
        const items = [...new Map(asked.map((one) => [one.task, one])).values()];
        const { results } = await logs.broadcastBodies({ items }, { deadlineMs: readMs });
        const found = new Map(items.map(({ task }, index) => [task, results[index]!]));
        return asked.map(({ task }) => found.get(task)!);
      },
    });
  }

  /** The next page of an app's log. @throws LongwireError retryable */
  after(app: string, bseq: number): Promise<Found> {
    return this.#pages.add({ app, after: bseq });
  }

  /**
   * A task's push frame, complete but for its position; null if it was stopped or has expired.
   *
   * @throws LongwireError retryable, also while that can't be told, as Redis has lost something and is being filled again.
   */
  async body(app: string, task: string): Promise<string | null> {
    const { body, ready } = await this.#bodies.add({ app, task });
    if (body === null && !ready) throw new LongwireError('unavailable', 'a log of broadcasts is being filled again');
    return body;
  }
}
