import type { LongwireError } from '../errors.ts';

/**
 * The bus: topics of numbered partitions, each an ordered log. Positions (`offset`) are dense integers, so they
 * can serve as identities; the first one is the bus' choice. Two adapters implement this, `kafka/` and `redis-streams/`, and one contract suite holds both
 * to it.
 */
export interface NewRecord {
  partition: number;
  /** Groups records for whoever reads the log; the partition decides the order. */
  key: string;
  value: string;
}

export interface BusRecord {
  offset: number;
  key: string;
  value: string;
  /** When the bus took it, ms since the epoch. */
  timeMs: number;
}

export interface Batch {
  partition: number;
  /** In order; at least one. */
  records: BusRecord[];
  /**
   * True once this consumer lost the partition, is to hand it over, or is stopping: what is left of the batch may be
   * somebody else's. A handler of long work looks now and then, and rejects to leave off: if it resolves, the batch counts
   * as done, and is committed if the partition is still this consumer's. That it looks is its sign of life: one that neither
   * looks nor settles is taken for hung, see `lastProgressMs`.
   */
  stale: () => boolean;
}

/** A record that makes its batch fail by what is in it. */
export interface DeadLetter {
  topic: string;
  group: string;
  partition: number;
  record: BusRecord;
  error: LongwireError;
}

/** What is left of a batch's work when the next batch may come: it is committed once that is done. */
export interface Rest {
  /** Never rejects. */
  done: Promise<unknown>;
}

export interface ConsumeOptions {
  topic: string;
  group: string;
  /** Records handed over at once, at the most. */
  maxBatch: number;
  /**
   * Least time from one read of the topic to the next, ms: for a group that needn't hear of each record at once, as each read costs. What
   * comes to a topic at rest is read at once. On Kafka it is that of reads from one broker.
   */
  paceMs?: number;
  /**
   * Whether anything of the topic is wanted now. While it answers false, all that had been appended before it was asked is skipped unread, and
   * committed, as long as more comes: it is asked each 2 s then, once for all partitions, and what comes after it answers true is handled up to so
   * much later. Where it rejects, everything is wanted.
   */
  isWanted?: () => Promise<boolean>;
  /**
   * Asked before the first batch of a partition that this consumer was given, and again after `restart`. Answers the
   * offset to start from; `committed` is where the group stands (the oldest record if it never committed).
   */
  onStart?: (partition: number, committed: number) => Promise<number>;
  /**
   * Does the work of one batch; when it resolves, the batch is committed, if need be once the rest of its work is done. When it rejects, the same batch comes again
   * after a pause that grows with each failure; if it is the content of a record that fails, smaller batches come, until that record is
   * alone and set aside. Batches of one partition come one after another, partitions side by side.
   */
  onBatch: (batch: Batch) => Promise<void> | Promise<Rest | undefined>;
  /**
   * Keeps a record that cannot be worked on for people to look at; when it resolves, the partition goes on behind the record. Without
   * it such a record comes again for ever.
   */
  setAside?: (letter: DeadLetter) => Promise<void>;
  /** This consumer no longer owns the partition, and no handler of it runs here. */
  onStop?: (partition: number) => void;
}

export interface Consumer {
  /** Partitions owned now. */
  owned(): number[];
  /** After the batch in hand, whose commit is dropped, `onStart` is asked anew: the way to seek. May be called within `onBatch`. */
  restart(partition: number): void;
  /**
   * For the progress watchdog, ms since the epoch: when the consumer last turned its loop, or, if that is earlier, when a handler
   * that is at work last showed a sign of life. A handler that fails again and again, or a bus that is away, is no lack of it.
   */
  lastProgressMs(): number;
  /** Lets the batches in hand finish and commits them, then gives its partitions up. May be called twice. */
  stop(): Promise<void>;
}

export interface PartitionRange {
  partition: number;
  /** Offset of the oldest record kept. */
  begin: number;
  /** Offset that the next record will get. */
  end: number;
}

/** A group that has read a topic. */
export interface BusGroup {
  group: string;
  /** How long it has had no members, ms; 0 while it has some. */
  absentMs: number;
  /** Records of all partitions that it has not committed. */
  behind: number;
}

/** What a bus with bounds of its own holds of one topic. */
export interface TopicRetention {
  topic: string;
  /** Of the fullest partition: what may not be dropped yet, against what it may hold in records or bytes. At 1 publishing is refused. */
  fill: number;
  /** Bytes of all partitions. */
  bytes: number;
  /** How far back a topic that is replayed can be, ms; undefined for others, and where nothing was dropped for want of room. */
  windowMs: number | undefined;
  groups: BusGroup[];
}

export interface Bus {
  /** Creates the topic if it is missing. @throws LongwireError `conflict` if it exists with another number of partitions. */
  ensureTopic(topic: string, partitions: number): Promise<void>;
  /**
   * Resolves with the offset of each record, in order, once all are kept by every replica the bus has.
   *
   * @throws LongwireError `unavailable` or `overloaded` (the bus' bound is reached): some of the records may have been kept;
   * `too_large` (a record over 900 kB): none was.
   */
  publish(topic: string, records: NewRecord[]): Promise<number[]>;
  consume(options: ConsumeOptions): Promise<Consumer>;
  ranges(topic: string): Promise<PartitionRange[]>;
  /** The first offset whose record the bus took at `timeMs` or later; the end if there is none. */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<number>;
  /** Per partition, the offset that the group goes on from (what is below it is done) and the one that the next record will get. */
  standing(topic: string, group: string): Promise<Map<number, { committed: number; end: number }>>;
  /** Records that the group has not committed yet, per partition. */
  lag(topic: string, group: string): Promise<Map<number, number>>;
  /** Groups that have committed to the topic and are not forgotten. */
  groups(topic: string): Promise<BusGroup[]>;
  /**
   * Forgets where a group stands, so that nothing is kept for it.
   *
   * @throws LongwireError `not_found`, or `conflict` while it has members.
   */
  forgetGroup(topic: string, group: string): Promise<void>;
  /** Of each topic that was ensured here, as it was within the last half minute; empty where the bus keeps bounds by itself. */
  retention(): TopicRetention[];
  /** True while the bus answers; for readiness. */
  healthy(): boolean;
  close(): Promise<void>;
}
