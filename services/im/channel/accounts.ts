import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import type { AppCredentials } from '../../common/protocol/app-channel-calls.ts';
import type { CredentialsOf, VendorKind } from '../../common/protocol/channel-credentials.ts';
import { TtlCache } from '../../common/ttl-cache.ts';
import type { Vendor, VendorAdapter } from './adapter.ts';

export interface AccountsOptions {
  /** The credentials of an app, by kind. */
  load: (app: string) => Promise<AppCredentials[]>;
  /** The adapter of a kind with an app's credentials. */
  open: (kind: VendorKind, credentials: AppCredentials['credentials']) => VendorAdapter | undefined;
  now: () => number;
  /** How long one that was replaced may end what it has begun, ms. */
  closeAfterMs: number;
  log: Logger;
}

/** Within this and a bit more what an operator changes takes effect. */
export const credentialsTtlMs = 20_000;
const maxApps = 2_000;
const maxLoads = 100;

interface Account {
  /** The credentials that it was opened with, as text. */
  text: string;
  adapter: VendorAdapter;
}

/**
 * Adapters of vendors with the credentials of apps, made when an app first sends and again when its credentials change.
 * While these can't be read, those read last serve on. Of apps over the bound the one read longest ago goes.
 */
export class Accounts {
  #options: AccountsOptions;
  #fresh: TtlCache<true>;
  #apps = new Map<string, Map<VendorKind, Account>>();
  #loads = new Map<string, Promise<void>>();
  #closing = new Set<Promise<void>>();
  #timers = new Map<NodeJS.Timeout, VendorAdapter>();

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#fresh = new TtlCache(credentialsTtlMs, maxApps);
  }

  /**
   * Undefined: the app has no credentials of this kind.
   *
   * @throws LongwireError if they were never read and can't be: retryable.
   */
  async find(app: string, kind: VendorKind): Promise<VendorAdapter | undefined> {
    if (!this.#fresh.get(app, this.#options.now())?.fresh) {
      try {
        await this.#load(app);
      } catch (error) {
        if (!this.#apps.has(app)) throw error;
        this.#options.log.debug({ err: error, app }, 'credentials of channels could not be read');
      }
    }
    return this.#apps.get(app)?.get(kind)?.adapter;
  }

  async close(): Promise<void> {
    for (const accounts of this.#apps.values()) for (const { adapter } of accounts.values()) this.#end(adapter);
    for (const [timer, adapter] of this.#timers) {
      clearTimeout(timer);
      this.#end(adapter);
    }
    this.#timers.clear();
    this.#apps.clear();
    await Promise.all(this.#closing);
  }

  #load(app: string): Promise<void> {
    const running = this.#loads.get(app);
    if (running) return running;
    if (this.#loads.size >= maxLoads) {
      return Promise.reject(new LongwireError('overloaded', 'credentials of too many apps are read at once'));
    }
    const load = this.#options
      .load(app)
      .then((found) => this.#take(app, found))
      .finally(() => this.#loads.delete(app));
    this.#loads.set(app, load);
    return load;
  }

  #take(app: string, found: AppCredentials[]): void {
    const before = this.#apps.get(app) ?? new Map<VendorKind, Account>();
    const accounts = new Map<VendorKind, Account>();
    for (const { kind, credentials } of found) {
      const text = JSON.stringify(credentials);
      const known = before.get(kind);
      if (known?.text === text) {
        accounts.set(kind, known);
        continue;
      }
      try {
        const adapter = this.#options.open(kind, credentials);
        if (adapter) accounts.set(kind, { text, adapter });
      } catch (error) {
        this.#options.log.error({ app, kind, code: codeOf(error) }, 'credentials of a channel cannot be used');
      }
    }
    for (const [kind, { adapter }] of before) if (accounts.get(kind)?.adapter !== adapter) this.#later(adapter);
    // Behind the others: the first is the one read longest ago.
    this.#apps.delete(app);
    this.#apps.set(app, accounts);
    this.#fresh.set(app, true, this.#options.now());
    for (const [oldest, old] of this.#apps) {
      if (this.#apps.size <= maxApps) break;
      this.#apps.delete(oldest);
      for (const { adapter } of old.values()) this.#later(adapter);
    }
  }

  #later(adapter: VendorAdapter): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#end(adapter);
    }, this.#options.closeAfterMs).unref();
    this.#timers.set(timer, adapter);
  }

  #end(adapter: VendorAdapter): void {
    const closing = adapter
      .close()
      .catch(() => {})
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

/** Of a fault that may have a key in its message. */
function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? (error as Error).name;
}

/** Opens whichever kind it is: a union of kinds says too little to the compiler. */
export function openVendor<Kind extends VendorKind>(
  vendors: { [Each in VendorKind]?: Vendor<Each> },
  kind: Kind,
  credentials: AppCredentials['credentials'],
  depsOf: (kind: VendorKind) => Parameters<Vendor['open']>[1],
): VendorAdapter | undefined {
  const vendor = vendors[kind] as Vendor<Kind> | undefined;
  return vendor?.open(credentials as CredentialsOf<Kind>, depsOf(kind));
}
