import type { ConsumeOptions, PartitionRange } from './bus.ts';

/** While records come it is asked this often whether anybody wants them. */
export const lookEveryMs = 2_000;

/** Where each partition ended before it was asked whether anybody wants anything; none if somebody does. */
type Ends = ReadonlyMap<number, number>;

const none: Ends = new Map();

/** Says up to where records need not be read, as nobody wants them. One look is for all partitions of a consumer that ask meanwhile. */
export class Unwanted {
  readonly #ranges: () => Promise<PartitionRange[]>;
  readonly #isWanted: NonNullable<ConsumeOptions['isWanted']>;
  /** Never rejects. */
  #underWay: Promise<Ends> | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #maySkip = false;

  constructor(ranges: () => Promise<PartitionRange[]>, isWanted: NonNullable<ConsumeOptions['isWanted']>) {
    this.#ranges = ranges;
    this.#isWanted = isWanted;
  }

  /** Whether nobody wanted anything at the last look. Waits for none: where somebody does, records are handled meanwhile. */
  get maySkip(): boolean {
    if (performance.now() - this.#lookedMs > lookEveryMs) void this.#look();
    return this.#maySkip;
  }

  /** Where the partition ends, if nobody wants what is before that and it is above `offset`; else, or where it can't be told, 0. */
  async before(partition: number, offset: number): Promise<number> {
    const wasUnderWay = this.#underWay !== undefined;
    const ends = await this.#look();
    const end = ends.get(partition) ?? 0;
    if (end > offset) return end;
    // It may have begun before what is at `offset` was there.
    return wasUnderWay && ends !== none ? this.before(partition, offset) : 0;
  }

  #look(): Promise<Ends> {
    this.#underWay ??= this.#ends().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #ends(): Promise<Ends> {
    this.#lookedMs = performance.now();
    let ends = none;
    try {
      // The ends first: what is appended while it is asked may be wanted.
      const ranges = await this.#ranges();
      if (!(await this.#isWanted())) ends = new Map(ranges.map(({ partition, end }) => [partition, end]));
    } catch {
      // What can't be told is read.
    }
    this.#maySkip = ends !== none;
    return ends;
  }
}
