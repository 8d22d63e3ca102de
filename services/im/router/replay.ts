import { randomBytes } from 'node:crypto';
import type { Bus, PartitionRange } from '../../common/bus/bus.ts';
import type { Logger } from '../../common/log.ts';
import type { UserRedisCalls, ViewState } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { RouterMetrics } from '../metrics.ts';

export type ViewCalls = Pick<Client<UserRedisCalls>, 'views' | 'beginReplay' | 'finishReplay'>;

interface Partition {
  /** The highest end of the partition that is known: no device can have finished more. */
  end: number;
  /** Where the group stood when this router took the partition: what lies before was counted already. */
  committed: number;
  /** Set while the view is being filled again: it is whole once everything below `until` is handled. */
  replay?: { name: string; until: number };
}

export interface ReplayOptions {
  topic: string;
  /** How far back to go when Redis restarted with its data. */
  windowMs: number;
  now: () => number;
}

/**
 * Redis is a view of the bus. A router that takes a partition asks whether its view is whole; if not, it reads the partition
 * again, from the oldest record (Redis is empty) or from a while ago (Redis restarted), and hands nothing to CM until it
 * has caught up with where the partition ended when it began: a device must not finish a later message before an earlier one
 * is back in its queue.
 */
export class Replay {
  #bus: Pick<Bus, 'ranges' | 'offsetAt'>;
  #calls: ViewCalls;
  #options: ReplayOptions;
  #metrics: RouterMetrics;
  #log: Logger;
  #partitions = new Map<number, Partition>();

  constructor(
    bus: Pick<Bus, 'ranges' | 'offsetAt'>,
    calls: ViewCalls,
    options: ReplayOptions,
    metrics: RouterMetrics,
    log: Logger,
  ) {
    this.#bus = bus;
    this.#calls = calls;
    this.#options = options;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Where to start a partition that this router was given, or that it starts over. Rejects while user-redis or the bus is away. */
  async start(partition: number, committed: number): Promise<number> {
    const {
      views: [view],
    } = await this.#calls.views({ partitions: [partition] });
    if (view === 'ready') {
      // Asked once the partition is this router's, so it is beyond all that another has sent of it.
      const end = (await this.#rangeOf(partition))?.end ?? 0;
      this.#partitions.set(partition, { committed, end });
      return committed;
    }
    const name = randomBytes(8).toString('hex');
    await this.#calls.beginReplay({ partition, replay: name });
    const range = await this.#rangeOf(partition);
    const { begin, end } = range ?? { begin: committed, end: committed };
    const from = view === 'stale' ? Math.min(committed, await this.#recent(partition)) : begin;
    // Committed may be ahead of this router's last start: counted is what any router committed.
    const counted = Math.max(committed, this.#partitions.get(partition)?.committed ?? 0);
    this.#partitions.set(partition, { committed: counted, end, replay: { name, until: end } });
    this.#metrics.replays.inc({ reason: view ?? 'missing' });
    this.#log.info({ partition, view, from, until: end }, 'replaying a partition');
    if (from >= end) await this.#finish(partition, name);
    return Math.max(from, begin);
  }

  /** Everything below `offset` is handled. Answers false if the partition must start over. */
  async handled(partition: number, offset: number): Promise<boolean> {
    const replay = this.#partitions.get(partition)?.replay;
    if (!replay || offset < replay.until) return true;
    return this.#finish(partition, replay.name);
  }

  /** Above every offset that the partition holds, given that a batch up to `next` came from it; undefined once it is given up. */
  endOf(partition: number, next: number): number | undefined {
    const state = this.#partitions.get(partition);
    if (!state) return undefined;
    state.end = Math.max(state.end, next);
    return state.end;
  }

  stop(partition: number): void {
    this.#partitions.delete(partition);
  }

  /** Whether the record at this offset was counted before this router took the partition. */
  counted(partition: number, offset: number): boolean {
    return offset < (this.#partitions.get(partition)?.committed ?? 0);
  }

  /** Whether a partition whose view says this must start over. */
  mustRestart(partition: number, view: ViewState): boolean {
    if (view === 'missing' || view === 'stale') return true;
    return view === 'replaying' && this.#partitions.get(partition)?.replay === undefined;
  }

  /** Partitions whose view was lost, also where no record comes to show it. */
  async lost(owned: number[]): Promise<number[]> {
    const known = owned.filter((partition) => this.#partitions.has(partition));
    if (known.length === 0) return [];
    const { views } = await this.#calls.views({ partitions: known }, { deadlineMs: 1_000 });
    return known.filter((partition, index) => this.mustRestart(partition, views[index]!));
  }

  states(): { owned: number; replaying: number } {
    const all = [...this.#partitions.values()];
    return { owned: all.length, replaying: all.filter((partition) => partition.replay).length };
  }

  async #finish(partition: number, name: string): Promise<boolean> {
    const { finished } = await this.#calls.finishReplay({ partition, replay: name });
    const state = this.#partitions.get(partition);
    if (finished && state?.replay?.name === name) {
      delete state.replay;
      this.#log.info({ partition }, 'partition is whole again');
    }
    return finished;
  }

  async #rangeOf(partition: number): Promise<PartitionRange | undefined> {
    return (await this.#bus.ranges(this.#options.topic)).find((one) => one.partition === partition);
  }

  #recent(partition: number): Promise<number> {
    const { topic, windowMs, now } = this.#options;
    return this.#bus.offsetAt(topic, partition, now() - windowMs);
  }
}
