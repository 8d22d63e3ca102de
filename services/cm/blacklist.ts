import { Batcher } from '../common/batcher.ts';
import type { Logger } from '../common/log.ts';
import type { BlackMarks, KeptBlacklist } from './ports.ts';

interface Item {
  app: string;
  cid: string;
}

/** How long a login waits for what it can do without. */
const askMs = 800;

/**
 * The blacklist for devices of which nothing is in memory: new ones, and all after Redis was emptied, when marks are gone
 * too. One that is found in it gets its mark again. Fails open, as the mark does the work at all other times.
 */
export class Blacklist {
  #marks: BlackMarks;
  #log: Logger;
  #asked: Batcher<Item, { blacklisted: boolean }>;

  constructor(kept: KeptBlacklist, marks: BlackMarks, log: Logger) {
    this.#marks = marks;
    this.#log = log;
    this.#asked = new Batcher({
      maxItems: 500,
      maxPending: 20_000,
      concurrency: 4,
      run: async (items) => (await kept.blacklisted({ items }, { deadlineMs: askMs })).results,
    });
  }

  /** Whether the device is kept as blacklisted; false where that can't be learnt. */
  async has(app: string, cid: string): Promise<boolean> {
    try {
      if (!(await this.#asked.add({ app, cid })).blacklisted) return false;
    } catch (error) {
      this.#log.debug({ err: error }, 'the blacklist could not be asked');
      return false;
    }
    // Its mark takes the route away too. Without it the next login asks here again.
    await this.#marks.markBlacklisted({ items: [{ cid, blacklisted: true }] }).catch((error: unknown) => {
      this.#log.warn({ cid, err: error }, 'a mark of the blacklist could not be set again');
    });
    return true;
  }
}
