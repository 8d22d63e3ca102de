import { Batcher } from '../common/batcher.ts';
import type { UserRedisCalls } from '../common/protocol/user-redis-calls.ts';
import type { Calls, Client } from '../common/rpc/contract.ts';
import type { Queues } from './ports.ts';

type Items<Name extends keyof Calls & keyof UserRedisCalls> = Parameters<Client<UserRedisCalls>[Name]>[0] extends {
  items: (infer Item)[];
}
  ? Item
  : never;
type Results<Name extends keyof UserRedisCalls> =
  Awaited<ReturnType<Client<UserRedisCalls>[Name]>> extends {
    results: (infer Result)[];
  }
    ? Result
    : never;

export type AttachItem = Items<'attach'>;
export type AttachResult = Results<'attach'>;
export type PullItem = Items<'pull'>;
export type PullResult = Results<'pull'>;

/** Batches under way at once, per call. */
const concurrency = 2;

/** The queues of devices in user-redis, one device at a time; batches form by themselves under load. */
export class Storage {
  #attach: Batcher<AttachItem, AttachResult>;
  #pull: Batcher<PullItem, PullResult>;
  #detach: Batcher<Items<'detach'>, object>;

  /** @param maxPending items that wait per call at the most; one more fails with `overloaded`. */
  constructor(queues: Omit<Queues, 'ack'>, maxPending: number) {
    const shared = { maxItems: 200, maxPending, concurrency };
    this.#attach = new Batcher({ ...shared, run: async (items) => (await queues.attach({ items })).results });
    this.#pull = new Batcher({ ...shared, run: async (items) => (await queues.pull({ items })).results });
    this.#detach = new Batcher({ ...shared, run: async (items) => (await queues.detach({ items })).results });
  }

  attach(item: AttachItem): Promise<AttachResult> {
    return this.#attach.add(item);
  }

  pull(item: PullItem): Promise<PullResult> {
    return this.#pull.add(item);
  }

  async detach(item: Items<'detach'>): Promise<void> {
    await this.#detach.add(item);
  }

  async drained(): Promise<void> {
    await this.#detach.drained();
  }
}
