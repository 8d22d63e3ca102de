/** How a phone's network is. Asleep: nothing passes, and nothing is lost. */
export const conditions = ['good', 'slow', 'cut', 'asleep'] as const;
export type Condition = (typeof conditions)[number];

export interface PipeClock {
  now(): number;
  /** The answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** What each frame takes on a slow network. */
export const slowMs = 1_500;
/** What waits in one direction at the most; then the connection is lost. */
export const maxWaiting = 500;

interface Waiting {
  due: number;
  run: () => void;
}

/** Frames of one direction: they come out in the order in which they went in, each when the network lets it. */
export class Pipe {
  readonly #clock: PipeClock;
  readonly #onFull: () => void;
  #condition: Condition;
  #waiting: Waiting[] = [];
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(clock: PipeClock, condition: Condition, onFull: () => void) {
    this.#clock = clock;
    this.#condition = condition;
    this.#onFull = onFull;
  }

  put(run: () => void): void {
    if (this.#closed || this.#condition === 'cut') return;
    if (this.#waiting.length >= maxWaiting) {
      this.close();
      this.#onFull();
      return;
    }
    this.#waiting.push({ due: this.#clock.now() + (this.#condition === 'slow' ? slowMs : 0), run });
    this.#pass();
  }

  change(condition: Condition): void {
    this.#condition = condition;
    if (condition === 'cut') this.#waiting = [];
    this.#pass();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#cancel?.();
  }

  #pass(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#condition !== 'asleep' && this.#condition !== 'cut') {
      const next = this.#waiting[0];
      if (next === undefined) return;
      const wait = next.due - this.#clock.now();
      if (wait > 0 && this.#condition === 'slow') {
        this.#cancel = this.#clock.after(wait, () => this.#pass());
        return;
      }
      this.#waiting.shift();
      next.run();
    }
  }
}
