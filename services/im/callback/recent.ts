import type { Told } from './lines.ts';

type Generation = { events: Map<string, Set<string>>; size: number };

/**
 * The events told of lately. A receipt is written to the bus again if its confirmation came too late, or its partition's
 * batch is read again: most such repeats come soon. At `maxSize` events the older half is forgotten.
 */
export class Recent {
  readonly #maxSize: number;
  #young: Generation = { events: new Map(), size: 0 };
  #old: Generation = { events: new Map(), size: 0 };

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The devices that the event is new of; from now on it isn't. */
  unseen(app: string, { task, actionId, cids }: Told): string[] {
    const key = `${app} ${task} ${actionId}`;
    const known = [this.#young.events.get(key), this.#old.events.get(key)];
    const fresh = [...new Set(cids)].filter((cid) => !known.some((set) => set?.has(cid)));
    if (fresh.length > 0) this.#add(key, fresh);
    return fresh;
  }

  #add(key: string, cids: string[]): void {
    if (this.#young.size >= this.#maxSize / 2) {
      this.#old = this.#young;
      this.#young = { events: new Map(), size: 0 };
    }
    const set = this.#young.events.get(key) ?? new Set();
    for (const cid of cids) set.add(cid);
    this.#young.events.set(key, set);
    this.#young.size += cids.length;
  }
}
