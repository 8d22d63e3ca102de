/** Says of faults that come again and again when they are to be said: each kind at first, then once in a while. */
export class Repeated<Kind extends string> {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #saidMs = new Map<Kind, number>();

  constructor(everyMs: number, now: () => number) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  due(kind: Kind): boolean {
    const now = this.#now();
    if (now - (this.#saidMs.get(kind) ?? Number.NEGATIVE_INFINITY) < this.#everyMs) return false;
    this.#saidMs.set(kind, now);
    return true;
  }

  /** All of it is over. @returns whether anything was said. */
  over(): boolean {
    const any = this.#saidMs.size > 0;
    this.#saidMs.clear();
    return any;
  }
}
