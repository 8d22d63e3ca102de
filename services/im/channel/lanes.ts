import { backoffMs } from '../../common/backoff.ts';

/** One try of a piece of work: answers when to try again, ms from now, or undefined when it is done. Never rejects. */
export type Work = () => Promise<number | undefined>;

interface Job {
  work: Work;
  /** The first try has ended. */
  tried: () => void;
}

interface Lane {
  ready: Job[];
  running: number;
  /** Jobs that wait for their next try. */
  later: number;
  /** Tries in a row that did not end their job. */
  failures: number;
  resting: boolean;
}

export interface LanesOptions {
  /** Lanes at once. */
  maxLanes: number;
  /** Tries under way in one lane. */
  concurrency: number;
  /** Jobs of one lane, and of all together. */
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

  get size(): { lanes: number; jobs: number } {
    return { lanes: this.#lanes.size, jobs: this.#jobs };
  }

  /**
   * Takes work into a lane. Answers a promise that resolves after its first try, and at once in a lane that is failing: there
   * is no use in waiting for that. Answers undefined if there is no room.
   */
  add(name: string, work: Work): Promise<void> | undefined {
    const { maxJobs, maxLanes, maxPerLane } = this.#options;
    const known = this.#lanes.get(name);
    if (this.#stopped || this.#jobs >= maxJobs) return undefined;
    if (known ? jobsOf(known) >= maxPerLane : this.#lanes.size >= maxLanes) return undefined;
    const lane = known ?? { ready: [], running: 0, later: 0, failures: 0, resting: false };
    this.#lanes.set(name, lane);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (lane.failures > 0) resolve();
    this.#jobs++;
    lane.ready.push({ work, tried: resolve });
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
    if (jobsOf(lane) === 0 && !lane.resting) this.#lanes.delete(name);
  }

  async #try(name: string, lane: Lane, job: Job): Promise<void> {
    const againMs = await job.work();
    lane.running--;
    this.#running--;
    job.tried();
    if (againMs === undefined) {
      this.#jobs--;
      lane.failures = 0;
    } else {
      lane.failures++;
      lane.later++;
      this.#after(againMs, () => {
        lane.later--;
        lane.ready.push(job);
        this.#pump(name, lane);
      });
      this.#rest(name, lane);
    }
    this.#pump(name, lane);
    if (this.#running === 0) this.#onIdle?.();
  }

  #rest(name: string, lane: Lane): void {
    if (lane.resting) return;
    lane.resting = true;
    this.#after(restMinMs + backoffMs(lane.failures - 1, restMinMs, restMaxMs), () => {
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

function jobsOf({ ready, running, later }: Lane): number {
  return ready.length + running + later;
}
