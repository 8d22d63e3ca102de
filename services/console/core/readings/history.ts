/** Points of the last hour, by name: as many places as there are points, whatever is noted. */
export class History<Name extends string> {
  readonly #names: readonly Name[];
  readonly #stepMs: number;
  readonly #size: number;
  readonly #points: Record<Name, Float64Array>;
  /** Number of the newest step that was noted; steps begin at multiples of their length since the epoch. */
  #newest = -1;
  #oldest = -1;

  constructor(names: readonly Name[], stepMs: number, spanMs: number) {
    this.#names = names;
    this.#stepMs = stepMs;
    this.#size = Math.ceil(spanMs / stepMs);
    this.#points = Object.fromEntries(
      names.map((name) => [name, new Float64Array(this.#size).fill(Number.NaN)]),
    ) as Record<Name, Float64Array>;
  }

  /** Notes the values of a time; the last ones of a step count. A clock that went back notes nothing until it is past again. */
  note(atMs: number, values: Record<Name, number | null>): void {
    const step = Math.floor(atMs / this.#stepMs);
    if (step < this.#newest) return;
    if (this.#oldest < 0) this.#oldest = step;
    // Steps that nobody looked in hold what is not known.
    for (let missed = Math.max(this.#newest + 1, step - this.#size + 1); missed < step; missed++)
      this.#set(missed, undefined);
    this.#newest = step;
    this.#oldest = Math.max(this.#oldest, step - this.#size + 1);
    this.#set(step, values);
  }

  /** Points of the hour up to a time, oldest first. */
  points(names: readonly Name[], nowMs: number): { from: number; series: Partial<Record<Name, (number | null)[]>> } {
    const last = Math.floor(nowMs / this.#stepMs);
    const first = Math.max(this.#oldest, last - this.#size + 1);
    if (this.#oldest < 0 || first > this.#newest)
      return { from: nowMs, series: Object.fromEntries(names.map((name) => [name, []])) as never };
    const until = Math.min(last, this.#newest);
    const series: Partial<Record<Name, (number | null)[]>> = {};
    for (const name of names) {
      series[name] = Array.from({ length: until - first + 1 }, (_none, index) => {
        const value = this.#points[name][(first + index) % this.#size]!;
        return Number.isNaN(value) ? null : value;
      });
    }
    return { from: first * this.#stepMs, series };
  }

  #set(step: number, values: Record<Name, number | null> | undefined): void {
    for (const name of this.#names) this.#points[name][step % this.#size] = values?.[name] ?? Number.NaN;
  }
}
