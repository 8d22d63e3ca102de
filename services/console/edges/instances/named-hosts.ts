import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { withDeadline } from '../../../common/bus/deadline.ts';
import { namedTarget, type Target } from '../../core/readings/target.ts';

const lookupMs = 1_000;
/** How long addresses of a name count. */
const keptMs = 5_000;

/** Instances that the configuration names. A name may stand for all pods of a role: each of its addresses is an instance. */
export class NamedHosts {
  readonly #named: ReturnType<typeof namedTarget>[];
  readonly #now: () => number;
  readonly #known = new Map<string, { addresses: string[]; atMs: number }>();

  constructor(texts: readonly string[], now: () => number) {
    this.#named = texts.map(namedTarget);
    this.#now = now;
  }

  /** Looks names up again. One that isn't found keeps the addresses that it had. */
  async refresh(): Promise<void> {
    const hosts = new Set(this.#named.map(({ host }) => host).filter((host) => isIP(host) === 0));
    await Promise.all(
      [...hosts].map(async (host) => {
        const known = this.#known.get(host);
        const now = this.#now();
        if (known && now - known.atMs < keptMs) return;
        const found = await withDeadline(lookup(host, { all: true }), lookupMs, host).catch(() => []);
        const addresses = found.length > 0 ? found.map(({ address }) => address).sort() : (known?.addresses ?? []);
        this.#known.set(host, { addresses, atMs: now });
      }),
    );
  }

  targets(): Target[] {
    return this.#named.flatMap(({ role, host, port }) => {
      const addresses = isIP(host) === 0 ? (this.#known.get(host)?.addresses ?? []) : [host];
      return addresses.map((address) => ({ role, name: null, url: `http://${inUrl(address)}:${port}` }));
    });
  }
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
