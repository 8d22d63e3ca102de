import { LongwireError, toLongwireError } from './errors.ts';
import type { App } from './protocol/user-mysql-calls.ts';
import { TtlCache } from './ttl-cache.ts';

export interface AppDirectoryOptions {
  /** Answers the app, or null. */
  load: (appId: string) => Promise<App | null>;
  now: () => number;
  /** How long an app is taken as it was read. */
  ttlMs: number;
}

const maxApps = 10_000;
const maxLoads = 200;
/** How long an app that wasn't there is taken to be missing. */
const missingTtlMs = 2_000;
/** After a failed look-up what was read before serves this long before the next try. */
const retryMs = 2_000;

/** The apps, remembered for a while; what was read before serves on while they can't be read. */
export class AppDirectory {
  readonly #options: AppDirectoryOptions;
  readonly #apps: TtlCache<App>;
  readonly #missing: TtlCache<true>;
  readonly #failed: TtlCache<true>;
  readonly #read: TtlCache<true>;
  readonly #loads = new Map<string, Promise<App | null>>();

  constructor(options: AppDirectoryOptions) {
    this.#options = options;
    this.#apps = new TtlCache(options.ttlMs, maxApps);
    this.#missing = new TtlCache(Math.min(missingTtlMs, options.ttlMs), maxApps);
    this.#failed = new TtlCache(retryMs, maxApps);
    this.#read = new TtlCache(Math.min(retryMs, options.ttlMs), maxApps);
  }

  /** The app as it was read last, however long ago. Looks nothing up. */
  remembered(appId: string): App | undefined {
    return this.#apps.get(appId, this.#options.now())?.value;
  }

  /** The app, if it is remembered and need not be looked up. */
  fresh(appId: string): App | undefined {
    const known = this.#apps.get(appId, this.#options.now());
    return known?.fresh ? known.value : undefined;
  }

  /** @throws LongwireError if the app isn't remembered and can't be read: retryable. */
  async find(appId: string): Promise<App | null> {
    const now = this.#options.now();
    const known = this.#apps.get(appId, now);
    if (known?.fresh) return known.value;
    return this.#findAgain(appId, known, now);
  }

  /**
   * The app as it was within the last 2 s, for whoever doesn't find it as expected: its secret may have been replaced a
   * moment ago. No more look-ups than one an app every 2 s, however often it is called.
   *
   * @throws LongwireError if the app isn't remembered and can't be read: retryable.
   */
  async findAnew(appId: string): Promise<App | null> {
    const now = this.#options.now();
    const known = this.#apps.get(appId, now);
    if (known && this.#read.get(appId, now)?.fresh) return known.value;
    return this.#findAgain(appId, known, now);
  }

  async #findAgain(appId: string, known: { value: App } | undefined, now: number): Promise<App | null> {
    if (this.#missing.get(appId, now)?.fresh) return null;
    if (known && this.#failed.get(appId, now)?.fresh) return known.value;
    try {
      return await this.#load(appId);
    } catch (error) {
      this.#failed.set(appId, true, this.#options.now());
      if (known) return known.value;
      throw toLongwireError(error, 'unavailable');
    }
  }

  /** One look-up of an app at a time, and only so many together. */
  #load(appId: string): Promise<App | null> {
    const running = this.#loads.get(appId);
    if (running) return running;
    if (this.#loads.size >= maxLoads)
      return Promise.reject(new LongwireError('overloaded', 'too many apps are looked up at once'));
    const load = this.#options.load(appId).then((app) => {
      const now = this.#options.now();
      this.#read.set(appId, true, now);
      if (app) this.#apps.set(appId, app, now);
      else {
        this.#apps.delete(appId);
        this.#missing.set(appId, true, now);
      }
      return app;
    });
    this.#loads.set(appId, load);
    const forget = (): void => void this.#loads.delete(appId);
    load.then(forget, forget);
    return load;
  }
}
