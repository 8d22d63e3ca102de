/** Values that are good for a while, at most `maxEntries` of them: past that the oldest goes. */
export class TtlCache<Value> {
  #entries = new Map<string, { value: Value; at: number }>();
  readonly #ttlMs: number;
  readonly #maxEntries: number;

  constructor(ttlMs: number, maxEntries: number) {
    this.#ttlMs = ttlMs;
    this.#maxEntries = maxEntries;
  }

  /** The value and whether it is still good; undefined if there is none. */
  get(key: string, now: number): { value: Value; fresh: boolean } | undefined {
    const entry = this.#entries.get(key);
    return entry && { value: entry.value, fresh: now - entry.at < this.#ttlMs };
  }

  /** How many are still good. */
  freshCount(now: number): number {
    let count = 0;
    for (const { at } of this.#entries.values()) if (now - at < this.#ttlMs) count++;
    return count;
  }

  set(key: string, value: Value, now: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, at: now });
    if (this.#entries.size > this.#maxEntries) this.delete(this.#entries.keys().next().value as string);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
