import { backoffMs } from '../../common/backoff.ts';

export interface Tried {
  /** When to try again, ms from now; missing: it is done. */
  againMs?: number;
  /** How long its lane rests at the least, whatever else waits in it, ms. */
  restMs?: number;
}

/** One try of a piece of work. Never rejects. */
export type Work = () => Promise<Tried>;

interface Job {
  work: Work;
  weight: number;
  /** The first try has ended. */
  tried: () => void;
}

interface Lane {
  ready: Job[];
  running: number;
  /** Of all its jobs: those that are ready, being tried, or wait for their next try. */
  weight: number;
  /** Tries in a row that did not end their job. */
  failures: number;
  resting: boolean;
  /** By the monotonic clock, ms. */
  restUntil: number;
}

export interface LanesOptions {
  /** Lanes at once. */
  maxLanes: number;
  /** Tries under way in one lane. */
  concurrency: number;
  /** Weight of the jobs of one lane, and of all together. */
  maxPerLane: number;
  maxJobs: number;
}

/** A lane in which tries fail rests before its next ones: this long at first, twice that after each further failure… */
const restMinMs = 50;
/** …and never longer. */
const restMaxMs = 5_000;

/**
 * Work in lanes that don't wait for each other. A lane whose tries fail goes slower and slower, so that whoever is at its end
 * is not beset, until one succeeds.
 */
export class Lanes {
  #options: LanesOptions;
  #lanes = new Map<string, Lane>();
  #timers = new Set<NodeJS.Timeout>();
  #jobs = 0;
  #running = 0;
  #stopped = false;
  #onIdle: (() => void) | undefined;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** `jobs`: their weight; `failing`: lanes whose last try did not end its job. */
  get size(): { lanes: number; jobs: number; failing: number } {
    let failing = 0;
    for (const { failures } of this.#lanes.values()) if (failures > 0) failing++;
    return { lanes: this.#lanes.size, jobs: this.#jobs, failing };
  }

  /**
   * Takes work into a lane. Answers a promise that resolves after its first try, and at once in a lane that is failing: there
   * is no use in waiting for that. Answers undefined if there is no room.
   */
  add(name: string, work: Work, weight = 1): Promise<void> | undefined {
    const { maxJobs, maxLanes, maxPerLane } = this.#options;
    const known = this.#lanes.get(name);
    if (this.#stopped || this.#jobs + weight > maxJobs) return undefined;
    if ((known?.weight ?? 0) + weight > maxPerLane) return undefined;
    if (!known && this.#lanes.size >= maxLanes) return undefined;
    const lane = known ?? { ready: [], running: 0, weight: 0, failures: 0, resting: false, restUntil: 0 };
    this.#lanes.set(name, lane);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (lane.failures > 0) resolve();
    this.#jobs += weight;
    lane.weight += weight;
    lane.ready.push({ work, weight, tried: resolve });
    this.#pump(name, lane);
    return promise;
  }

  /** Begins no further try; resolves, with the number of jobs that are left, when those under way have ended. May be called twice. */
  async stop(): Promise<number> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    return this.#jobs;
  }

  #pump(name: string, lane: Lane): void {
    while (!this.#stopped && !lane.resting && lane.running < this.#options.concurrency) {
      const job = lane.ready.shift();
      if (!job) break;
      lane.running++;
      this.#running++;
      void this.#try(name, lane, job);
    }
    if (lane.weight === 0 && !lane.resting) this.#lanes.delete(name);
  }

  async #try(name: string, lane: Lane, job: Job): Promise<void> {
    const { againMs, restMs = 0 } = await job.work();
    lane.running--;
    this.#running--;
    job.tried();
    if (againMs === undefined) {
      this.#jobs -= job.weight;
      lane.weight -= job.weight;
      lane.failures = 0;
    } else {
      lane.failures++;
      this.#after(againMs, () => {
        lane.ready.push(job);
        this.#pump(name, lane);
      });
    }
    if (againMs !== undefined || restMs > 0) this.#rest(name, lane, restMs);
    this.#pump(name, lane);
    if (this.#running === 0) this.#onIdle?.();
  }

  #rest(name: string, lane: Lane, leastMs: number): void {
    const now = performance.now();
    const ownMs = restMinMs + backoffMs(Math.max(0, lane.failures - 1), restMinMs, restMaxMs);
    if (lane.resting) {
      // Only who runs the service can ask for more than the rest under way.
      lane.restUntil = Math.max(lane.restUntil, now + leastMs);
      return;
    }
    lane.resting = true;
    lane.restUntil = now + Math.max(ownMs, leastMs);
    this.#endRest(name, lane);
  }

  #endRest(name: string, lane: Lane): void {
    this.#after(Math.max(0, lane.restUntil - performance.now()), () => {
      if (lane.restUntil - performance.now() > 1) {
        this.#endRest(name, lane);
        return;
      }
      lane.resting = false;
      this.#pump(name, lane);
    });
  }

  #after(ms: number, act: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
