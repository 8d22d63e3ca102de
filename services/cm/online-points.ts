import type { Logger } from '../common/log.ts';
import { maxBatchItems } from '../common/rpc/contract.ts';
import type { Gateway } from './gateway.ts';
import type { OnlineNotes } from './ports.ts';

export interface OnlinePointsOptions {
  node: string;
  everyMs: number;
  now: () => number;
}

/**
 * Says at every multiple of `everyMs` how many devices of each app this node holds. A point that can't be told
 * within half of that time is given up.
 */
export class OnlinePoints {
  #notes: OnlineNotes;
  #gateway: Pick<Gateway, 'liveLinks'>;
  #options: OnlinePointsOptions;
  #log: Logger;
  #toldAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(notes: OnlineNotes, gateway: Pick<Gateway, 'liveLinks'>, options: OnlinePointsOptions, log: Logger) {
    this.#notes = notes;
    this.#gateway = gateway;
    this.#options = options;
    this.#log = log;
  }

  start(): void {
    const { now, everyMs } = this.#options;
    // A timer may fire a moment before its time: the point that was told then is not due again.
    const at = Math.max((Math.floor(now() / everyMs) + 1) * everyMs, this.#toldAt + everyMs);
    this.#timer = setTimeout(() => void this.#tell(at), at - now());
  }

  /** May be called twice. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #tell(due: number): Promise<void> {
    const { now, everyMs } = this.#options;
    // A process that stood still tells the point that it woke up after.
    const at = Math.max(due, Math.floor(now() / everyMs) * everyMs);
    this.#toldAt = at;
    try {
      await this.#send(at, this.#counts());
    } catch (error) {
      this.#log.warn({ err: error, at }, 'a point of the devices online is given up');
    }
    if (!this.#stopped) this.start();
  }

  async #send(at: number, counts: Map<string, number>): Promise<void> {
    const { node, now, everyMs } = this.#options;
    const items = [...counts].map(([app, n]) => ({ app, at, node, n }));
    for (let from = 0; from < items.length; from += maxBatchItems) {
      const deadlineMs = Math.max(1, at + everyMs / 2 - now());
      await this.#notes.noteOnline({ items: items.slice(from, from + maxBatchItems) }, { deadlineMs });
    }
  }

  /** A walk over all connections of a node takes a millisecond or two. */
  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { connection } of this.#gateway.liveLinks()) {
      if (connection.who) counts.set(connection.who.app, (counts.get(connection.who.app) ?? 0) + 1);
    }
    return counts;
  }
}
