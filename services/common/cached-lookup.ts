interface Kept<Value> {
  value: Value;
  at: number;
}

export interface CachedLookupOptions<Value> {
  load: (key: string) => Promise<Value>;
  /** How long a value is used without looking again. */
  ttlMs: (value: Value) => number;
  /** Values kept at the most; the oldest goes first. */
  maxEntries: number;
  now: () => number;
}

/** How long a value beyond its time is used before its source is asked again. */
const retryMs = 1_000;

/** Remembers what was looked up; while the source is away, what is known is used beyond its time. */
export class CachedLookup<Value> {
  #options: CachedLookupOptions<Value>;
  #kept = new Map<string, Kept<Value>>();
  #loading = new Map<string, Promise<Value>>();

  constructor(options: CachedLookupOptions<Value>) {
    this.#options = options;
  }

  /** @throws whatever `load` throws, if nothing is known of the key. */
  async get(key: string): Promise<Value> {
    const kept = this.#kept.get(key);
    if (kept && this.#options.now() - kept.at < this.#options.ttlMs(kept.value)) return kept.value;
    try {
      return await this.#load(key);
    } catch (error) {
      if (!kept) throw error;
      kept.at = this.#options.now() - this.#options.ttlMs(kept.value) + retryMs;
      return kept.value;
    }
  }

  #load(key: string): Promise<Value> {
    const loading = this.#loading.get(key);
    if (loading) return loading;
    const started = this.#options
      .load(key)
      .then((value) => {
        this.#keep(key, value);
        return value;
      })
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, started);
    return started;
  }

  #keep(key: string, value: Value): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, at: this.#options.now() });
    if (this.#kept.size > this.#options.maxEntries) this.#kept.delete(this.#kept.keys().next().value as string);
  }
}
