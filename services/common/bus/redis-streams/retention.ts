import { LongwireError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { retentionOf } from '../../protocol/topics.ts';
import type { BusGroup, TopicRetention } from '../bus.ts';
import type { Connection } from './connection.ts';
import { keysOf } from './keys.ts';

export interface RetentionOptions {
  /** Records that one partition holds at the most. */
  maxRecordsPerPartition: number;
  /** Bytes that one partition holds at the most; undefined: what the topic's share of Redis' memory gives it. */
  maxBytesPerPartition?: number | undefined;
  /** Records of replayed and kept topics that are older are dropped, once every group has committed them. */
  retentionMs: number;
  /** How long records of consumed topics stay once every group has committed them. */
  consumedGraceMs: number;
  /** A group that has had no members for longer holds no records at the bound of a partition. */
  groupGoneMs: number;
}

export interface Bounds {
  records: number;
  bytes: number;
}

/** Longest trim in one go, so that it holds Redis up for a few milliseconds only. */
export const maxTrimmed = 20_000;
/** One append always fits. */
const minBytes = 1_000_000;
/** Until Redis has said how much memory it has. */
const assumedMemoryBytes = 1024 ** 3;

type Survey = [
  nowMs: number,
  partitions: [records: number, bytes: number, unread: number, unreadBytes: number, cutMs: number][],
  groups: [group: string, absentMs: number, behind: number][],
];

/** What stays on the bus, and for how long: bounds by Redis' memory, trimming, and who holds what. */
export class RetentionKeeper {
  #commands: Connection;
  #options: RetentionOptions;
  #log: Logger;
  #partitions = new Map<string, number>();
  /** Of the Redis that has the topic. */
  #memoryBytes = new Map<string, number>();
  #reports = new Map<string, TopicRetention>();

  constructor(commands: Connection, options: RetentionOptions, log: Logger) {
    this.#commands = commands;
    this.#options = options;
    this.#log = log;
  }

  /** From now on the topic is surveyed. */
  async know(topic: string, partitions: number): Promise<void> {
    await this.#readMemory(topic);
    this.#partitions.set(topic, partitions);
  }

  boundsOf(topic: string): Bounds {
    const { maxRecordsPerPartition: records, maxBytesPerPartition } = this.#options;
    const memoryBytes = this.#memoryBytes.get(topic) ?? assumedMemoryBytes;
    const share = (memoryBytes * retentionOf(topic).share) / (this.#partitions.get(topic) ?? 1);
    return { records, bytes: Math.max(minBytes, Math.floor(maxBytesPerPartition ?? share)) };
  }

  /** What was found at the last survey, of each topic that is known. */
  reports(): TopicRetention[] {
    return [...this.#reports.values()];
  }

  /** Reads how much memory there is and surveys all topics; never rejects. */
  async look(): Promise<void> {
    try {
      for (const [topic, partitions] of this.#partitions) {
        await this.#readMemory(topic);
        this.#reports.set(topic, await this.survey(topic, partitions));
        if (retentionOf(topic).kind === 'kept') await this.trim(topic, [...Array(partitions).keys()]);
      }
    } catch (error) {
      this.#log.debug({ err: error }, 'the bus could not be surveyed');
    }
  }

  /** Drops what may go by its age. */
  async trim(topic: string, partitions: number[]): Promise<void> {
    const { retentionMs, consumedGraceMs } = this.#options;
    const keys = keysOf(topic);
    const ageMs = retentionOf(topic).kind === 'consumed' ? Math.min(consumedGraceMs, retentionMs) : retentionMs;
    const olderThanMs = Date.now() - ageMs;
    const streams = partitions.map(keys.partition);
    if (streams.length === 0) return;
    const [ranges, keeps] = await Promise.all([
      this.#commands.run('ranges', streams, []) as Promise<[begin: number, end: number][]>,
      Promise.all(streams.map((stream) => this.#commands.run('offset-at', [stream], [olderThanMs]))),
    ]);
    // One after another: each may hold Redis up.
    for (const [index, partition] of partitions.entries()) {
      const keep = Number(keeps[index]);
      if (keep <= ranges[index]![0]) continue;
      const scriptKeys = [streams[index]!, keys.groups, keys.commits, keys.sizes];
      await this.#commands.run('trim', scriptKeys, [partition, keep, maxTrimmed]);
    }
  }

  async #readMemory(topic: string): Promise<void> {
    const info = await this.#commands.callAt(keysOf(topic).topic, 'INFO', ['memory']);
    this.#memoryBytes.set(topic, memoryOf(String(info)));
  }

  async survey(topic: string, partitions: number): Promise<TopicRetention> {
    const { groupGoneMs, retentionMs } = this.#options;
    const keys = keysOf(topic);
    const groups = (await this.#commands.call('SMEMBERS', [keys.groups])) as string[];
    const streams = Array.from({ length: partitions }, (_none, partition) => keys.partition(partition));
    const scriptKeys = [keys.groups, keys.commits, keys.seen, keys.sizes, ...streams, ...groups.map(keys.members)];
    const args = [partitions, groupGoneMs, retentionMs, ...groups];
    const [nowMs, found, standing] = (await this.#commands.run('survey', scriptKeys, args)) as Survey;
    const bounds = this.boundsOf(topic);
    const { kind } = retentionOf(topic);
    const unread = found.map(([, , records, bytes]) => Math.max(records / bounds.records, bytes / bounds.bytes));
    const cuts = found.flatMap(([, , , , cutMs]) => (cutMs > nowMs - retentionMs ? [nowMs - cutMs] : []));
    return {
      topic,
      // Of what is kept for people, all may go.
      fill: kind === 'kept' ? 0 : Math.max(0, ...unread),
      bytes: found.reduce((sum, [, bytes]) => sum + bytes, 0),
      windowMs: kind !== 'replayed' || cuts.length === 0 ? undefined : Math.min(...cuts),
      groups: standing.map(([group, absentMs, behind]): BusGroup => ({ group, absentMs, behind })),
    };
  }

  /** @throws LongwireError `not_found`, or `conflict` if it has members. */
  async forget(topic: string, partitions: number, group: string): Promise<void> {
    const keys = keysOf(topic);
    const scriptKeys = [keys.groups, keys.commits, keys.seen, keys.members(group)];
    const answer = await this.#commands.run('forget-group', scriptKeys, [group, partitions]);
    if (answer === 0) throw new LongwireError('not_found', `bus: topic ${topic} has no group ${group}`);
    if (answer === -1) throw new LongwireError('conflict', `bus: group ${group} has members: stop them first`);
  }
}

/** Bytes that Redis may use: its limit, else half of the machine's memory. */
export function memoryOf(info: string): number {
  const read = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return read('maxmemory') || read('total_system_memory') / 2 || assumedMemoryBytes;
}
