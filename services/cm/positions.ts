import type { Bus } from '../common/bus/bus.ts';
import { withDeadline } from '../common/bus/deadline.ts';
import type { Logger } from '../common/log.ts';
import { offsetOf, partitionOf, seqOf } from '../common/protocol/positions.ts';
import { every } from '../common/ticks.ts';

export interface PositionsOptions {
  topics: { route: string; broadcast: string };
  generation: number;
  /** How often the ends of partitions are read, ms. */
  everyMs: number;
  /** The highest position that went out on each connection, with the key of its partition. */
  sent: (field: PositionField) => Iterable<readonly [key: string, position: number]>;
  /** Partitions end before positions that they had: what devices have finished of them is wrong. */
  onLost: () => void;
}

/** The fields of frames that hold positions, and the topic of each. */
const topicOf = { seq: 'route', bseq: 'broadcast' } as const;
export type PositionField = keyof typeof topicOf;

/** How long one question to the bus may take: a login waits for it, where its position is beyond what is known. */
const askMs = 1_000;

/**
 * What positions there can be: none at or beyond the end of its partition. A device that says it has finished more would get nothing any more.
 * Ends are read now and then, and again where a claim lies beyond what is known. While the bus is away there is nothing new, and a claim that can't
 * be judged is believed: most devices are honest.
 */
export class Positions {
  #bus: Pick<Bus, 'ranges'>;
  #options: PositionsOptions;
  #log: Logger;
  #ends = new Map<string, number[]>();
  #reading = new Map<string, Promise<boolean>>();
  #end: (() => void) | undefined;

  constructor(bus: Pick<Bus, 'ranges'>, options: PositionsOptions, log: Logger) {
    this.#bus = bus;
    this.#options = options;
    this.#log = log;
  }

  start(): void {
    const readAll = (): void => {
      for (const topic of Object.values(this.#options.topics)) void this.#read(topic);
    };
    readAll();
    this.#end = every(this.#options.everyMs, readAll);
  }

  stop(): void {
    this.#end?.();
  }

  /** Whether there is, or may be, such a position. @param key the cid of a `seq`, the app of a `bseq`. Never rejects. */
  async exists(field: PositionField, key: string, position: number): Promise<boolean> {
    if (this.#isBelowEnd(field, key, position) === true) return true;
    const topic = this.#options.topics[topicOf[field]];
    // An answer that is on its way may be from before the position was given.
    await this.#reading.get(topic);
    if (!(await this.#read(topic))) return true;
    return this.#isBelowEnd(field, key, position) ?? true;
  }

  /** The highest position that there is, or 0; undefined while that is not known. */
  highest(field: PositionField, key: string): number | undefined {
    const ends = this.#ends.get(this.#options.topics[topicOf[field]]);
    const end = ends?.[partitionOf(key, ends.length)];
    return end === undefined ? undefined : end === 0 ? 0 : seqOf(this.#options.generation, end - 1);
  }

  /** Undefined while that is not known. */
  #isBelowEnd(field: PositionField, key: string, position: number): boolean | undefined {
    if (offsetOf(this.#options.generation, position) < 0) return true;
    const highest = this.highest(field, key);
    return highest === undefined ? undefined : position <= highest;
  }

  /** One question a topic at a time. Answers whether it was answered; what is known stays otherwise. Never rejects. */
  #read(topic: string): Promise<boolean> {
    const reading = this.#reading.get(topic);
    if (reading) return reading;
    // Before the bus is asked: what goes out meanwhile may be beyond its answer.
    const before = this.#had(topic);
    const asked = withDeadline(this.#bus.ranges(topic), askMs, 'ends of partitions')
      .then((ranges) => {
        const ends = ranges.map(({ end }) => end);
        this.#learn(topic, ends, before);
        return true;
      })
      .catch((error: unknown) => {
        this.#log.debug({ err: error, topic }, 'the ends of partitions could not be read');
        return false;
      })
      .finally(() => this.#reading.delete(topic));
    this.#reading.set(topic, asked);
    return asked;
  }

  /** Where each partition ends at the least: as it was known, and by what went out. */
  #had(topic: string): number[] {
    const { generation, sent, topics } = this.#options;
    const had = [...(this.#ends.get(topic) ?? [])];
    if (had.length === 0) return had;
    for (const [key, position] of sent(topic === topics.route ? 'seq' : 'bseq')) {
      const partition = partitionOf(key, had.length);
      had[partition] = Math.max(had[partition]!, offsetOf(generation, position) + 1);
    }
    return had;
  }

  #learn(topic: string, ends: number[], before: number[]): void {
    this.#ends.set(topic, ends);
    const partition = before.findIndex((end, index) => (ends[index] ?? 0) < end);
    if (partition < 0) return;
    const was = before[partition];
    this.#log.error(
      { topic, partition, was, is: ends[partition] },
      'the bus has lost records: raise routeGeneration in all roles, so that positions begin above the old ones',
    );
    this.#options.onLost();
  }
}
