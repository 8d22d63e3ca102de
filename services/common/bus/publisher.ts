import { Batcher } from '../batcher.ts';
import { LongwireError } from '../errors.ts';
import { retentionOf } from '../protocol/topics.ts';
import type { NewRecord } from './bus.ts';
import { withDeadline } from './deadline.ts';

/** Records of one publish that go to one partition, kept together. */
export interface Group {
  topic: string;
  partition: number;
  records: NewRecord[];
  bytes: number;
  /** Its publish has failed already: not worth writing any more. */
  abandoned: boolean;
}

export type Appended = number | LongwireError;

export interface PublisherOptions {
  /**
   * Writes groups in their order and answers the offset of each one's first record, or why it alone was refused; records of a group are
   * consecutive. Rejects if all may have failed.
   */
  append: (groups: Group[]) => Promise<Appended[]>;
  /** Groups of one lane are appended in order, one append under way at a time; lanes go side by side. */
  laneOf: (topic: string, partition: number) => string;
  /** Most records, and most bytes, of one append. A single record over the bytes is refused. */
  maxRecords: number;
  maxBytes: number;
  /** Most bytes accepted and not yet answered; a publish over them is refused with `overloaded`. */
  maxPendingBytes: number;
  /** How long a publish may take. */
  deadlineMs: number;
}

/** Groups that wait in one lane at the most. */
const maxPendingGroups = 100_000;
const bytesPerRecord = 64;
/** The largest record fits into a dead letter, with the reason as its key. */
const spareBytes = 8_192;

/** The adapters' common way in: gathers publishes into appends, bounds what waits, and puts a deadline on each publish. */
export class Publisher {
  #options: PublisherOptions;
  #lanes = new Map<string, Batcher<Group, Appended>>();
  #pendingBytes = 0;
  #closed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** @throws LongwireError `unavailable`, `overloaded` or `too_large`. */
  async publish(topic: string, records: NewRecord[]): Promise<number[]> {
    if (records.length === 0) return [];
    if (this.#closed) throw new LongwireError('unavailable', 'bus: closed');
    // Of one alone, the everyday, the first offset of its group is its own.
    if (records.length === 1) return this.#written([this.#groupOf(topic, records[0]!)]);
    const { groups, group: groupOf, at } = this.#grouped(topic, records);
    const firsts = await this.#written(groups);
    return records.map((_record, index) => firsts[groupOf[index]!]! + at[index]!);
  }

  /** Refuses what comes from now on; resolves when what came before is answered, each within its deadline. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drained()));
  }

  /** Answers the offset of the first record of each. */
  async #written(groups: Group[]): Promise<number[]> {
    let bytes = 0;
    for (const group of groups) bytes += group.bytes;
    if (this.#pendingBytes + bytes > this.#options.maxPendingBytes) {
      throw new LongwireError('overloaded', `bus: more than ${this.#options.maxPendingBytes} bytes are waiting`);
    }
    this.#pendingBytes += bytes;
    try {
      return await withDeadline(this.#added(groups), this.#options.deadlineMs, 'bus: publish');
    } catch (error) {
      for (const group of groups) group.abandoned = true;
      throw error;
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  #added(groups: Group[]): Promise<number[]> {
    const [group] = groups;
    if (groups.length === 1)
      return this.#laneOf(group!)
        .add(group!)
        .then((first) => [orThrow(first)]);
    return Promise.all(groups.map((one) => this.#laneOf(one).add(one).then(orThrow)));
  }

  #groupOf(topic: string, record: NewRecord): Group {
    return {
      topic,
      partition: record.partition,
      records: [record],
      bytes: this.#bytesOf(topic, record),
      abandoned: false,
    };
  }

  /** @throws LongwireError `too_large` */
  #bytesOf(topic: string, { key, value }: NewRecord): number {
    const spare = retentionOf(topic).kind === 'kept' ? spareBytes : 0;
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(value) + bytesPerRecord;
    if (bytes > this.#options.maxBytes + spare) throw new LongwireError('too_large', `bus: a record of ${bytes} bytes`);
    return bytes;
  }

  /** Sorts records into groups; `group` and `at` say for each record which group it is in, and where. */
  #grouped(topic: string, records: NewRecord[]): { groups: Group[]; group: number[]; at: number[] } {
    const { maxRecords, maxBytes } = this.#options;
    const groups: Group[] = [];
    const open = new Map<number, number>();
    const group: number[] = [];
    const at: number[] = [];
    for (const record of records) {
      const bytes = this.#bytesOf(topic, record);
      let index = open.get(record.partition);
      let current = index === undefined ? undefined : groups[index];
      if (!current || current.records.length >= maxRecords || current.bytes + bytes > maxBytes) {
        current = { topic, partition: record.partition, records: [], bytes: 0, abandoned: false };
        index = groups.push(current) - 1;
        open.set(record.partition, index);
      }
      group.push(index!);
      at.push(current.records.length);
      current.records.push(record);
      current.bytes += bytes;
    }
    return { groups, group, at };
  }

  #laneOf(group: Group): Batcher<Group, Appended> {
    const { laneOf, maxRecords, maxBytes } = this.#options;
    const name = laneOf(group.topic, group.partition);
    let lane = this.#lanes.get(name);
    if (!lane) {
      lane = new Batcher<Group, Appended>({
        run: (groups) => this.#append(groups),
        maxItems: maxRecords,
        maxPending: maxPendingGroups,
        concurrency: 1,
        // Both bounds as shares of one: the sum is never under the larger of the two.
        weigh: ({ records, bytes }) => records.length / maxRecords + bytes / maxBytes,
        maxWeight: 1,
      });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  async #append(groups: Group[]): Promise<Appended[]> {
    const wanted = groups.filter((group) => !group.abandoned);
    if (wanted.length === groups.length) return this.#options.append(groups);
    const firsts = wanted.length === 0 ? [] : await this.#options.append(wanted);
    let next = 0;
    return groups.map((group) => (group.abandoned && !wanted.includes(group) ? -1 : firsts[next++]!));
  }
}

function orThrow(appended: Appended): number {
  if (appended instanceof LongwireError) throw appended;
  return appended;
}
