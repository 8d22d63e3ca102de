import { toLongwireError } from '../common/errors.ts';
import type { Receipt, ReceiptWriter } from '../common/receipts.ts';
import type { Storage } from './storage.ts';

interface Finished {
  app: string;
  cid: string;
  seq: number;
  tasks: string[];
}

/**
 * Acks on their way. A queue is trimmed only after the receipts of what it loses are on the bus: whoever is killed in
 * between, the device's next login brings the same receipts again, and they count once.
 */
export class Acks {
  #receipts: Pick<ReceiptWriter, 'write'>;
  #storage: Pick<Storage, 'ack'>;
  #now: () => number;
  #onDropped: (count: number) => void;
  /** Highest position under way per cid: a login of that device in the meantime must not get it again. */
  #underWay = new Map<string, { seq: number; count: number }>();

  constructor(
    receipts: Pick<ReceiptWriter, 'write'>,
    storage: Pick<Storage, 'ack'>,
    now: () => number,
    onDropped: (count: number) => void,
  ) {
    this.#receipts = receipts;
    this.#storage = storage;
    this.#now = now;
    this.#onDropped = onDropped;
  }

  /** The highest position that this device acknowledged and that is not trimmed yet; 0 if none. */
  pendingSeq(cid: string): number {
    return this.#underWay.get(cid)?.seq ?? 0;
  }

  /** Counts and trims. Never rejects: a trim that fails is made good by a later ack or the device's next login. */
  async finish({ app, cid, seq, tasks }: Finished): Promise<void> {
    this.#begin(cid, seq);
    try {
      await this.#count(app, cid, tasks);
      await this.#storage.ack({ cid, seq });
    } catch {
      // The position comes again with the next ack or login of this device.
    } finally {
      this.#end(cid);
    }
  }

  /**
   * Waits while the bus is away. Receipts over the writer's bound are given up: the queue must not wait for them for ever.
   * Throws if they were not written for another reason, as at a stop: the next login brings them again.
   */
  async #count(app: string, cid: string, tasks: string[]): Promise<void> {
    const at = this.#now();
    const writes = tasks.map((task) => {
      const receipt: Receipt = { kind: 'event', app, task, event: 'arrived', at, cids: [cid] };
      return this.#receipts.write(receipt);
    });
    let dropped = 0;
    for (const outcome of await Promise.allSettled(writes)) {
      if (outcome.status === 'fulfilled') continue;
      if (toLongwireError(outcome.reason).code !== 'overloaded') throw outcome.reason;
      dropped++;
    }
    if (dropped > 0) this.#onDropped(dropped);
  }

  #begin(cid: string, seq: number): void {
    const entry = this.#underWay.get(cid);
    if (!entry) this.#underWay.set(cid, { seq, count: 1 });
    else {
      entry.seq = Math.max(entry.seq, seq);
      entry.count++;
    }
  }

  #end(cid: string): void {
    const entry = this.#underWay.get(cid);
    if (entry && --entry.count === 0) this.#underWay.delete(cid);
  }
}
