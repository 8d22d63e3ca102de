/** A process that did not turn its loop for this long was stopped, or something held it up. */
const heldUpMs = 2_000;

/**
 * Whether this node's lease ran out while the process was held up, stopped by a signal or frozen with its machine: its devices
 * may be connected elsewhere by now, and what it held for them is old. A lease that runs out while the process turns (Redis is
 * away) is another matter: connections stay then. Times are ms on a clock that never goes back.
 */
export class LeaseWatch {
  #untilMs = Number.POSITIVE_INFINITY;
  #lookedMs: number;

  constructor(nowMs: number) {
    this.#lookedMs = nowMs;
  }

  /** The lease lasts until then. */
  renewed(untilMs: number): void {
    this.#untilMs = untilMs;
  }

  /** To be asked a few times a second, and before anything is sent. Answers true once for each time that it happened. */
  ranOut(nowMs: number): boolean {
    const before = this.#lookedMs;
    this.#lookedMs = nowMs;
    return nowMs - before > heldUpMs && before <= this.#untilMs && this.#untilMs < nowMs;
  }
}
