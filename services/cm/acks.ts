import { toLongwireError } from '../common/errors.ts';
import type { ReceiptWriter } from '../common/receipts.ts';
import type { Queues } from './ports.ts';

interface Finished {
  app: string;
  cid: string;
  seq: number;
  tasks: string[];
}

type Position = Pick<Finished, 'cid' | 'seq'>;

/** An ack whose receipts are on their way to the bus. */
interface Counting extends Position {
  /** Receipts that are neither written nor refused. */
  open: number;
  /** Those that the writer had no room for. */
  dropped: number;
  /** One was refused for another reason. */
  failed: boolean;
}

/** Positions that wait to be trimmed, at the most; a further one is left to the device's next ack or login. */
const maxWaiting = 100_000;
/** Positions of one call. */
const maxItems = 200;
/** Calls under way at once. */
const concurrency = 2;

/**
 * Acks on their way. A queue is trimmed only after the receipts of what it loses are on the bus: whoever is killed in
 * between, the device's next login brings the same receipts again, and they count once.
 */
export class Acks {
  #receipts: Pick<ReceiptWriter, 'write'>;
  #queues: Pick<Queues, 'ack'>;
  #now: () => number;
  #onDropped: (count: number) => void;
  /** Highest position under way per cid: a login of that device in the meantime must not get it again. */
  #underWay = new Map<string, { seq: number; count: number }>();
  /** Positions whose receipts are on the bus: trimmed together, those of a turn of the event loop and those that come while calls are under way. */
  #counted: Position[] = [];
  #scheduled = false;
  #trimming = 0;
  #idle: (() => void)[] = [];

  constructor(
    receipts: Pick<ReceiptWriter, 'write'>,
    queues: Pick<Queues, 'ack'>,
    now: () => number,
    onDropped: (count: number) => void,
  ) {
    this.#receipts = receipts;
    this.#queues = queues;
    this.#now = now;
    this.#onDropped = onDropped;
  }

  /** The highest position that this device acknowledged and that is not trimmed yet; 0 if none. */
  pendingSeq(cid: string): number {
    return this.#underWay.get(cid)?.seq ?? 0;
  }

  /** Counts, and trims later. A trim that fails is made good by a later ack or the device's next login. */
  finish({ app, cid, seq, tasks }: Finished): void {
    this.#begin(cid, seq);
    const ack: Counting = { cid, seq, open: tasks.length, dropped: 0, failed: false };
    if (tasks.length === 0) this.#wasCounted(ack);
    const at = this.#now();
    const written = (): void => this.#settled(ack);
    const refused = (error: unknown): void => this.#refused(ack, error);
    for (const task of tasks) {
      this.#receipts.write({ kind: 'event', app, task, event: 'arrived', at, cids: [cid] }).then(written, refused);
    }
  }

  /** Resolves when no ack is under way. */
  drained(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Receipts over the writer's bound are given up: the queue must not wait for them for ever. */
  #refused(ack: Counting, error: unknown): void {
    if (toLongwireError(error).code === 'overloaded') ack.dropped++;
    else ack.failed = true;
    this.#settled(ack);
  }

  #settled(ack: Counting): void {
    if (--ack.open > 0) return;
    // As at a stop: the next login brings them again.
    if (ack.failed) this.#end(ack.cid);
    else this.#wasCounted(ack);
  }

  #wasCounted({ cid, seq, dropped }: Counting): void {
    if (dropped > 0) this.#onDropped(dropped);
    if (this.#counted.length >= maxWaiting) {
      this.#end(cid);
      return;
    }
    this.#counted.push({ cid, seq });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#trimAll);
  }

  #trimAll = (): void => {
    this.#scheduled = false;
    while (this.#counted.length > 0 && this.#trimming < concurrency) void this.#trim(this.#counted.splice(0, maxItems));
  };

  /** Never rejects. */
  async #trim(items: Position[]): Promise<void> {
    this.#trimming++;
    try {
      await this.#queues.ack({ items });
    } catch {
      // Each position comes again with the next ack or login of its device.
    }
    this.#trimming--;
    for (const { cid } of items) this.#end(cid);
    this.#trimAll();
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
    if (!entry || --entry.count > 0) return;
    this.#underWay.delete(cid);
    if (this.#underWay.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
