import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../backoff.ts';
import type { ApolloRelease } from '../protocol/apollo-answers.ts';
import type { NamespaceRead } from './overlay.ts';
import type { ApolloReader } from './reader.ts';

/** How often everything is read besides polling. */
const refreshMs = 300_000;
const retryMinMs = 1_000;
const retryMaxMs = 120_000;

export interface WatchDeps {
  reader: Pick<ApolloReader, 'read' | 'poll'>;
  namespaces: string[];
  /** Called with all namespaces when one of them has another release, or none any more. */
  onReleases: (namespaces: NamespaceRead[]) => void;
  /** Apollo has just said what is released. */
  onAnswer: () => void;
  onFault: (error: unknown) => void;
  now: () => number;
  random: () => number;
}

/** Follows the releases of the namespaces until it is stopped: by polling, and by reading all every few minutes. */
export class ApolloWatch {
  readonly #deps: WatchDeps;
  readonly #releases = new Map<string, ApolloRelease | undefined>();
  readonly #ids: Map<string, number>;
  readonly #stopping = new AbortController();
  #refreshedMs: number;
  #running: Promise<void> | undefined;

  /** @param begun what was read at the start; undefined if nothing could be. */
  constructor(deps: WatchDeps, begun: NamespaceRead[] | undefined) {
    this.#deps = deps;
    this.#ids = new Map(deps.namespaces.map((namespace) => [namespace, -1]));
    for (const { namespace, release } of begun ?? []) this.#releases.set(namespace, release);
    this.#refreshedMs = begun ? deps.now() : Number.NEGATIVE_INFINITY;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#turn(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#deps.onFault(error);
        const waitMs = 10 + backoffMs(failures++, retryMinMs, retryMaxMs, this.#deps.random);
        await sleep(waitMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { reader, namespaces, now, onAnswer } = this.#deps;
    if (now() - this.#refreshedMs >= refreshMs) {
      await this.#take(new Map(namespaces.map((namespace) => [namespace, undefined])), signal);
      this.#refreshedMs = now();
    }
    const notifications = await reader.poll(this.#ids, signal);
    const known = notifications.filter(({ namespaceName }) => this.#ids.has(namespaceName));
    if (known.length > 0) {
      await this.#take(new Map(known.map(({ namespaceName, messages }) => [namespaceName, messages])), signal);
    }
    // Only now: what could not be read is told again.
    for (const { namespaceName, notificationId } of known) this.#ids.set(namespaceName, notificationId);
    onAnswer();
  }

  async #take(messages: Map<string, unknown>, signal: AbortSignal): Promise<void> {
    const { reader, namespaces, onReleases } = this.#deps;
    const read = new Map<string, ApolloRelease | undefined>();
    for (const [namespace, message] of messages) {
      read.set(namespace, await reader.read(namespace, this.#releases.get(namespace), message, signal));
    }
    const changed = [...read].filter(([namespace, release]) => {
      return !this.#releases.has(namespace) || release?.releaseKey !== this.#releases.get(namespace)?.releaseKey;
    });
    for (const [namespace, release] of changed) this.#releases.set(namespace, release);
    if (changed.length === 0 || this.#releases.size < namespaces.length) return;
    onReleases(namespaces.map((namespace) => ({ namespace, release: this.#releases.get(namespace) })));
  }
}
