/**
 * A lease as its owner knows it. It ends by this process' own clock, counted from before it was asked for, so the owner
 * stops believing in it before Redis lets another take it.
 */
export class Lease {
  readonly key: string;
  readonly partition: number;
  #lengthMs: number;
  #untilMs = 0;
  #lost = false;

  constructor(key: string, partition: number, lengthMs: number) {
    this.key = key;
    this.partition = partition;
    this.#lengthMs = lengthMs;
  }

  /** @param askedMs `performance.now()` of before the call that renewed it. */
  renewed(askedMs: number): void {
    this.#untilMs = askedMs + this.#lengthMs;
  }

  lost(): void {
    this.#lost = true;
  }

  held(nowMs = performance.now()): boolean {
    return !this.#lost && nowMs < this.#untilMs;
  }
}
