/**
 * How many receipts may wait in this process. An app may have as many as there is room left for all, so however many
 * upstreams are away, what waits for them leaves as much again for the next, down to `maxTotal / (their number + 1)`.
 */
export class Room {
  readonly #maxPerApp: () => number;
  readonly #maxTotal: number;
  readonly #perApp = new Map<string, number>();
  #total = 0;

  /** @param maxPerApp asked each time: it may change. */
  constructor(maxPerApp: () => number, maxTotal: number) {
    this.#maxPerApp = maxPerApp;
    this.#maxTotal = maxTotal;
  }

  get total(): number {
    return this.#total;
  }

  /** Takes room for all of them, or answers false. */
  take(app: string, count: number): boolean {
    const taken = (this.#perApp.get(app) ?? 0) + count;
    const left = this.#maxTotal - this.#total - count;
    if (taken > Math.min(this.#maxPerApp(), left)) return false;
    this.#perApp.set(app, taken);
    this.#total += count;
    return true;
  }

  leave(app: string, count: number): void {
    const left = (this.#perApp.get(app) ?? 0) - count;
    if (left > 0) this.#perApp.set(app, left);
    else this.#perApp.delete(app);
    this.#total -= count;
  }
}
