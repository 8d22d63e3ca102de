/** Says of a line that comes again and again when it is to be said: at first, then once in a while. One line at a time. */
export class Repeated {
  readonly #everyMs: number;
  readonly #now: () => number;
  #text: string | undefined;
  #saidMs = 0;

  constructor(everyMs: number, now: () => number) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  due(text: string): boolean {
    if (text === this.#text && this.#now() - this.#saidMs < this.#everyMs) return false;
    this.#text = text;
    this.#saidMs = this.#now();
    return true;
  }

  /** What was said is over. @returns whether anything was. */
  over(): boolean {
    const was = this.#text !== undefined;
    this.#text = undefined;
    return was;
  }
}
