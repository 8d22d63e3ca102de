import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import type { Master, View } from '../../common/redis/masters.ts';
import { slotCount, slotOf } from '../../common/redis/slots.ts';
import type { Keys } from '../keys.ts';

/** So many that a master with a few hundred slots has one for sure. */
const tagCount = 1_024;

/**
 * Whether each master still has what was written to it. The marks of views say that of their own master alone, and say
 * nothing of single keys that were dropped for want of memory. So each master has keys of its own that go when everything
 * there goes, and note how many it has dropped; if one tells of a loss, the marks of all views go, and all are made again.
 */
export class Witnesses {
  #keys: Keys;
  #clustered: boolean;
  #log: Logger;
  /** Key and slot of each. */
  #all: { key: string; slot: number }[];
  #chosen = new WeakMap<Master['slots'], string[]>();
  /** What the witness of each connection says, as far as this process knows. */
  #seen = new WeakMap<Master['redis'], string>();

  constructor(keys: Keys, clustered: boolean, log: Logger) {
    this.#keys = keys;
    this.#clustered = clustered;
    this.#log = log;
    this.#all = Array.from({ length: clustered ? tagCount : 1 }, (_none, index) => {
      const key = keys.witness(String(index));
      return { key, slot: slotOf(key) };
    });
  }

  /** The one to be asked along with what is read of a master. */
  keyAt(master: Master): string {
    return this.#of(master)[0]!;
  }

  /** @throws LongwireError if a master can't be vouched for. */
  async inspect(view: View): Promise<void> {
    const found = await Promise.all(view.masters.map((master) => this.#look(master)));
    const lossy = found.flatMap((loss) => (loss === undefined ? [] : [loss]));
    if (lossy.length > 0) {
      // First the marks: a witness that is back says that whoever sees it sees no mark of before.
      const slot = slotOf(this.#keys.views());
      const holder = view.masters.find(({ slots }) => slots.some(([from, to]) => slot >= from && slot <= to));
      if (!holder) throw new LongwireError('unavailable', 'redis: no master has the marks of views');
      const had = await holder.redis.del(this.#keys.views());
      if (had > 0) {
        this.#log.warn({ losses: [...new Set(lossy)] }, 'redis lost data: all views are made again from the bus');
      }
    }
    await Promise.all(view.masters.map((master) => this.#write(master)));
  }

  #of({ slots }: Master): string[] {
    const known = this.#chosen.get(slots);
    if (known) return known;
    const within = (slot: number): boolean => slots.some(([from, to]) => slot >= from && slot <= to);
    const keys = this.#all.filter(({ slot }) => within(slot)).map(({ key }) => key);
    if (keys.length === 0) {
      const few = slots.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      throw new LongwireError('unavailable', `redis: a master has only ${few} of ${slotCount} slots`);
    }
    this.#chosen.set(slots, keys);
    return keys;
  }

  /** What speaks for a loss at a master, if anything does. */
  async #look(master: Master): Promise<string | undefined> {
    const now = stateOf(master);
    const noted = await master.redis.get(this.keyAt(master));
    if (noted !== null) this.#seen.set(master.redis, noted);
    else this.#seen.delete(master.redis);
    if (noted === now) return undefined;
    // A single server that is empty has no marks of views either.
    if (noted === null) return this.#clustered ? 'emptied' : droppedSince(master, 0);
    const [runId, dropped] = noted.split(' ');
    return droppedSince(master, runId === master.runId ? Number(dropped) : 0);
  }

  async #write(master: Master): Promise<void> {
    const state = stateOf(master);
    // A single server's marks go with all the rest: there is something to note only once it has dropped keys.
    if (this.#seen.get(master.redis) === state || (!this.#clustered && master.evictedKeys === 0)) return;
    const pipeline = master.redis.pipeline();
    for (const key of this.#of(master)) pipeline.set(key, state);
    for (const [error] of (await pipeline.exec()) ?? []) {
      // With full memory it stays as it is, where that hides no loss: in a Cluster it has to be there.
      const hides = this.#clustered && !this.#seen.has(master.redis);
      if (error && (hides || !error.message.startsWith('OOM'))) throw error;
    }
  }
}

function stateOf({ runId, evictedKeys }: Master): string {
  return `${runId} ${evictedKeys}`;
}

function droppedSince({ evictedKeys }: Master, before: number): string | undefined {
  return evictedKeys > before ? 'dropped keys' : undefined;
}
