import { type LongwireError, toLongwireError } from '../../common/errors.ts';
import type { EnqueueRequest, EnqueueResponse, UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';

/** What came of a batch. */
export type Enqueued = EnqueueResponse | LongwireError;

/** Where each device of a record is. */
export type Targets = EnqueueResponse['results'][number]['targets'];

/** How long a user-redis that doesn't know `enqueueAll` is called once for each partition: while an upgrade goes on. */
const apartMs = 30_000;

/** The queues that user-redis keeps: batches of several partitions are stored with one call, and fail each on its own. */
export class Queues {
  #calls: Pick<Client<UserRedisCalls>, 'enqueue' | 'enqueueAll'>;
  #nowMs: () => number;
  #apartUntilMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs monotonic */
  constructor(calls: Pick<Client<UserRedisCalls>, 'enqueue' | 'enqueueAll'>, nowMs = () => performance.now()) {
    this.#calls = calls;
    this.#nowMs = nowMs;
  }

  /** Answers what came of each, in order. Never rejects. */
  async enqueue(batches: EnqueueRequest[]): Promise<Enqueued[]> {
    if (batches.length > 1 && this.#nowMs() >= this.#apartUntilMs) {
      try {
        const { results } = await this.#calls.enqueueAll({ items: batches });
        return results;
      } catch (error) {
        const fault = toLongwireError(error);
        if (fault.code === 'not_found') this.#apartUntilMs = this.#nowMs() + apartMs;
        else if (isAway(fault)) return batches.map(() => fault);
        // One of them may be what failed: the others don't fail with it.
      }
    }
    return Promise.all(batches.map((batch) => this.#enqueueOne(batch)));
  }

  async #enqueueOne(batch: EnqueueRequest): Promise<Enqueued> {
    try {
      return await this.#calls.enqueue(batch);
    } catch (error) {
      return toLongwireError(error);
    }
  }
}

/** The other side doesn't answer, whatever it is asked. */
function isAway({ code }: LongwireError): boolean {
  return code === 'unavailable' || code === 'timeout' || code === 'overloaded';
}
