import type { ServiceTime } from './service-times.ts';

/** What a role did in one second. */
export interface Second {
  done: number;
  waiting: number;
  /** Mean time of a unit, seconds. */
  latencyS: number;
}

/** An instance this busy or more takes as long as one that is this busy, beside what waits. */
const busiest = 0.98;

/**
 * Work that comes to equal instances, each with one thread: what they can't do waits, and a unit takes longer the busier they
 * are (as in a queue with random arrivals, M/M/1).
 */
export class QueueModel {
  #time: ServiceTime;
  #maxWaitS: number;
  #waiting = 0;

  /** @param maxWaitS what would wait longer isn't asked for any more. */
  constructor(time: ServiceTime, maxWaitS: number) {
    this.#time = time;
    this.#maxWaitS = maxWaitS;
  }

  step(offered: number, serving: number): Second {
    const { perSecond, baseS } = this.#time;
    const able = serving * perSecond;
    const work = offered + this.#waiting;
    const done = Math.min(work, able);
    this.#waiting = Math.min(work - done, able * this.#maxWaitS);
    const busy = Math.min(busiest, done / able);
    return { done, waiting: this.#waiting, latencyS: baseS + 1 / perSecond / (1 - busy) + this.#waiting / able };
  }
}
