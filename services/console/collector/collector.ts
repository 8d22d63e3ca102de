import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../common/log.ts';
import { historySeries, historyStepS, type InstanceRole, type Overview } from '../calls/overview.ts';
import type { Topology } from '../calls/topology.ts';
import { Fleet, type Looked } from '../core/readings/fleet.ts';
import { History } from '../core/readings/history.ts';
import type { PageLook } from '../core/readings/instance.ts';
import { overviewOf, pointOf } from '../core/readings/overview.ts';
import type { Target } from '../core/readings/target.ts';
import { topologyOf } from '../core/readings/topology.ts';

export interface CollectorDeps {
  /** The instances that are listed now. */
  targets: () => Promise<Target[]>;
  look: (url: string) => Promise<PageLook>;
  log: Logger;
  /** ms since the epoch. */
  now: () => number;
  /** While somebody looks on, and while only the hour's history is kept. */
  everyMs?: number;
  idleEveryMs?: number;
}

const everyMs = 2_000;
const idleEveryMs = historyStepS * 1_000;
const historyMs = 3_600_000;
/** Instances that are read at once. */
const atOnce = 32;

/** What was seen last. */
export interface Snapshot {
  overview: Overview;
  topology: () => Topology;
}

/** Reads all instances again and again: quickly while somebody looks on, else as often as the hour's history has points. */
export class Collector {
  readonly #deps: CollectorDeps;
  readonly #fleet = new Fleet();
  readonly #history = new History(historySeries, historyStepS * 1_000, historyMs);
  readonly #watchers = new Set<(snapshot: Snapshot) => void>();
  readonly #stopping = new AbortController();
  #snapshot: Snapshot | undefined;
  #round: Promise<Snapshot> | undefined;
  #endedAtMs = Number.NEGATIVE_INFINITY;
  #wake = new AbortController();

  constructor(deps: CollectorDeps) {
    this.#deps = deps;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
    this.#watchers.clear();
  }

  /** What is known now; read anew if that is older than a round. */
  async current(): Promise<Snapshot> {
    return this.#isFresh() ? this.#snapshot! : this.#collect();
  }

  /** Shows each new state, the first one as soon as there is one. @returns what ends it */
  watch(show: (snapshot: Snapshot) => void): () => void {
    const first = this.#watchers.size === 0;
    this.#watchers.add(show);
    if (this.#isFresh()) show(this.#snapshot!);
    if (first) this.#wake.abort();
    return () => void this.#watchers.delete(show);
  }

  /** The last hour, as far as this process has seen it. */
  history(names: readonly (typeof historySeries)[number][]) {
    return this.#history.points(names, this.#deps.now());
  }

  /** The ops port of an instance; undefined if there is none of that name. */
  async urlOf(role: InstanceRole, name: string): Promise<string | undefined> {
    await this.current();
    return this.#fleet.urlOf(role, name);
  }

  /** The ops ports of the instances of a role that answer. */
  async urlsOf(role: InstanceRole): Promise<string[]> {
    await this.current();
    return this.#fleet.urlsOf(role);
  }

  #isFresh(): boolean {
    return this.#snapshot !== undefined && performance.now() - this.#endedAtMs < this.#everyMs();
  }

  #everyMs(): number {
    return this.#deps.everyMs ?? everyMs;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const beganMs = performance.now();
      await this.#collect();
      this.#wake = new AbortController();
      const pauseMs = this.#watchers.size > 0 ? this.#everyMs() : (this.#deps.idleEveryMs ?? idleEveryMs);
      const leftMs = Math.max(0, pauseMs - (performance.now() - beganMs));
      const signal = AbortSignal.any([this.#wake.signal, this.#stopping.signal]);
      await sleep(leftMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One round at a time. It never fails: what can't be read is seen as such. */
  #collect(): Promise<Snapshot> {
    this.#round ??= this.#readAll().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #readAll(): Promise<Snapshot> {
    const chosen = this.#fleet.choose(await this.#deps.targets());
    const waiting = chosen.values();
    const looks: Looked[] = [];
    const read = async (): Promise<void> => {
      for (const target of waiting) {
        const beganMs = performance.now();
        const look = await this.#deps.look(target.url);
        looks.push({ target, look, beganMs, endedMs: performance.now() });
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, chosen.length) }, read));
    const at = this.#deps.now();
    this.#fleet.take(looks, at);
    const instances = this.#fleet.instances();
    const overview = overviewOf(instances, this.#fleet.unread, at);
    this.#history.note(at, pointOf(overview));
    let topology: Topology | undefined;
    const snapshot: Snapshot = {
      overview,
      topology: () => {
        topology ??= topologyOf(instances, at);
        return topology;
      },
    };
    this.#snapshot = snapshot;
    this.#endedAtMs = performance.now();
    for (const show of this.#watchers) show(snapshot);
    return snapshot;
  }
}
