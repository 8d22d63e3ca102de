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
  /** Resolves after so long, or when the signal comes. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
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
        await this.#deps.pause(10 + backoffMs(failures++, retryMinMs, retryMaxMs, this.#deps.random), signal);
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { reader, now, onAnswer } = this.#deps;
    if (now() - this.#refreshedMs >= refreshMs) await this.#readAll(new Map(), signal);
    const told = (await reader.poll(this.#ids, signal)).filter(({ namespaceName }) => this.#ids.has(namespaceName));
    if (told.length > 0) {
      await this.#readAll(new Map(told.map(({ namespaceName, messages }) => [namespaceName, messages])), signal);
    }
    // Only now: what could not be read is told again.
    for (const { namespaceName, notificationId } of told) this.#ids.set(namespaceName, notificationId);
    onAnswer();
  }

  /** All of them, whichever has changed: one that is gone is not told, and without it the others are half a release. */
  async #readAll(messages: Map<string, unknown>, signal: AbortSignal): Promise<void> {
    const { reader, namespaces, onReleases, now } = this.#deps;
    const reads: NamespaceRead[] = [];
    for (const namespace of namespaces) {
      const known = this.#releases.get(namespace);
      reads.push({ namespace, release: await reader.read(namespace, known, messages.get(namespace), signal) });
    }
    const changed = reads.some(({ namespace, release }) => {
      return !this.#releases.has(namespace) || release?.releaseKey !== this.#releases.get(namespace)?.releaseKey;
    });
    for (const { namespace, release } of reads) this.#releases.set(namespace, release);
    this.#refreshedMs = now();
    if (changed) onReleases(reads);
  }
}
