import { randomUUID } from 'node:crypto';
import type { Logger } from '../../log.ts';
import type { ConsumeOptions, Consumer, PartitionRange } from '../bus.ts';
import { Successes } from '../content-fault.ts';
import { Lease } from '../lease.ts';
import { PartitionLoop } from '../partition-loop.ts';
import { Unwanted } from '../unwanted.ts';
import { assigned } from './assignment.ts';
import { Commits } from './commits.ts';
import type { Connection } from './connection.ts';
import { keysOf, type TopicKeys } from './keys.ts';
import { partitionSource } from './partition-source.ts';
import { Reader } from './reader.ts';
import type { RedisBusOptions } from './redis-bus.ts';
import type { Replication } from './replication.ts';
import type { RetentionKeeper } from './retention.ts';

interface ConsumerOptions extends RedisBusOptions {
  ranges: (topic: string) => Promise<PartitionRange[]>;
  /** Told that the topic is not there. */
  onMissing: (topic: string) => Promise<void>;
  /** Told that it has stopped, and needs no beat any more. */
  onStopped: () => void;
}

interface Holding {
  lease: Lease;
  loop: PartitionLoop;
  /** Resolves when the loop has ended and the lease is given up. */
  gone: Promise<void>;
}

/**
 * One member of a group. A beat tells the group that it lives, and works out which partitions are its own: it gives up
 * those that are not (after the batch in hand) and takes those that are and are free. Whatever changes in a group wakes
 * all its members at once.
 */
export class RedisConsumer implements Consumer {
  #commands: Connection;
  #bus: ConsumerOptions;
  #options: ConsumeOptions;
  #log: Logger;
  #keys: TopicKeys;
  #member = randomUUID();
  #reader: Reader;
  #commits: Commits;
  #holdings = new Map<number, Holding>();
  #successes = new Successes();
  #unwanted: Unwanted | undefined;
  #beating: Promise<void> | undefined;
  #beatAgain = false;
  #trimTimer: NodeJS.Timeout;
  #stopping: Promise<void> | undefined;

  constructor(
    commands: Connection,
    blocking: Connection,
    replication: Replication,
    retention: RetentionKeeper,
    options: ConsumeOptions,
    bus: ConsumerOptions,
    log: Logger,
  ) {
    this.#commands = commands;
    this.#bus = bus;
    this.#options = options;
    this.#log = log;
    this.#keys = keysOf(options.topic);
    this.#reader = new Reader({
      blocking,
      commands,
      settled: (process) => replication.settled(options.topic, process),
      keyOf: this.#keys.partition,
      changes: { key: this.#keys.changes(options.group), onChange: () => void this.beat() },
      maxBatch: options.maxBatch,
      paceMs: options.paceMs ?? 0,
      deadlineMs: bus.deadlineMs,
    });
    const { isWanted, topic } = options;
    this.#unwanted = isWanted && new Unwanted(() => bus.ranges(topic), isWanted);
    this.#commits = new Commits(commands, options.topic, options.group, this.#member);
    this.#trimTimer = setInterval(() => {
      retention.trim(options.topic, this.owned()).catch((error: unknown) => {
        log.debug({ err: error }, 'trimming the bus failed');
      });
    }, bus.trimEveryMs);
  }

  owned(): number[] {
    return [...this.#holdings.values()]
      .filter(({ lease }) => lease.held())
      .map(({ loop }) => loop.partition)
      .sort((a, b) => a - b);
  }

  restart(partition: number): void {
    this.#holdings.get(partition)?.loop.restart();
  }

  lastProgressMs(): number {
    const held = [...this.#holdings.values()].filter(({ lease }) => lease.held());
    return Math.min(this.#reader.lastTurnMs, ...held.flatMap(({ loop }) => loop.workMs ?? []));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** One beat at a time; what is asked for meanwhile makes one more. Never rejects. */
  beat(): Promise<void> {
    if (this.#beating) {
      this.#beatAgain = true;
      return this.#beating;
    }
    this.#beating = this.#beat()
      .catch((error: unknown) => this.#log.debug({ err: error }, 'beat of a bus consumer failed'))
      .finally(() => {
        this.#beating = undefined;
        // A lease that could not be renewed in time is lost, whatever Redis would say.
        for (const { lease, loop } of this.#holdings.values()) if (!lease.held()) loop.end();
        if (this.#beatAgain) {
          this.#beatAgain = false;
          void this.beat();
        }
      });
    return this.#beating;
  }

  async #beat(): Promise<void> {
    const { group, topic } = this.#options;
    const { leaseMs } = this.#bus;
    if (this.#stopping) return this.#renew();
    const keys = [this.#keys.members(group), this.#keys.changes(group), this.#keys.topic];
    const asked = this.#commands.run('beat', keys, [this.#member, leaseMs], leaseMs);
    const [answer] = await Promise.all([asked, this.#renew()]);
    if (this.#stopping) return;
    const [partitions, members] = answer as [number, string[]];
    if (partitions === 0) {
      this.#log.warn({ topic }, 'bus topic does not exist');
      await this.#bus.onMissing(topic);
    }
    const mine = new Set(assigned(this.#member, members, partitions));
    for (const { loop } of this.#holdings.values()) if (!mine.has(loop.partition)) loop.end();
    await Promise.all([...mine].filter((one) => !this.#holdings.has(one)).map((one) => this.#take(one)));
  }

  async #renew(): Promise<void> {
    const leases = [...this.#holdings.values()].map(({ lease }) => lease).filter((lease) => lease.held());
    if (leases.length === 0) return;
    const askedMs = performance.now();
    const keys = leases.map((lease) => lease.key);
    const answer = await this.#commands.run('renew', keys, [this.#member, this.#bus.leaseMs], this.#bus.leaseMs);
    for (const [index, renewed] of (answer as number[]).entries()) {
      const lease = leases[index]!;
      if (renewed === 1) lease.renewed(askedMs);
      else this.#lose(lease);
    }
  }

  #lose(lease: Lease): void {
    lease.lost();
    this.#holdings.get(lease.partition)?.loop.end();
    this.#log.info({ partition: lease.partition, topic: this.#options.topic }, 'bus partition lost');
  }

  async #take(partition: number): Promise<void> {
    const { group } = this.#options;
    const { leaseMs } = this.#bus;
    const lease = new Lease(this.#keys.lease(group, partition), partition, leaseMs);
    const askedMs = performance.now();
    const keys = [lease.key, this.#keys.groups];
    const taken = await this.#commands.run('take', keys, [this.#member, leaseMs, group], leaseMs);
    if (taken !== 1) return;
    lease.renewed(askedMs);
    const source = partitionSource(lease, this.#commands, this.#reader, this.#commits, this.#unwanted, this.#options);
    const loop = new PartitionLoop(partition, source, this.#options, this.#successes, this.#log);
    if (this.#stopping) loop.end();
    const gone = loop.done.then(() => this.#finished(partition, lease));
    this.#holdings.set(partition, { lease, loop, gone });
  }

  /** Gives the lease up, so that whose turn it is hears of it at once; if that fails it runs out by itself. */
  async #finished(partition: number, lease: Lease): Promise<void> {
    const held = lease.held();
    lease.lost();
    try {
      const keys = [lease.key, this.#keys.changes(this.#options.group)];
      if (held) await this.#commands.run('release', keys, [this.#member]);
    } catch (error) {
      this.#log.debug({ err: error, partition }, 'bus partition was not released');
    }
    this.#holdings.delete(partition);
    if (!this.#stopping) void this.beat();
  }

  async #stop(): Promise<void> {
    clearInterval(this.#trimTimer);
    const { group } = this.#options;
    const loops = [...this.#holdings.values()].map(({ loop }) => loop);
    for (const loop of loops) loop.end();
    // First out of the group, so that others know what is theirs as soon as each lease is given up.
    const left = this.#commands.run('leave', [this.#keys.members(group), this.#keys.changes(group)], [this.#member]);
    await left.catch((error: unknown) => this.#log.debug({ err: error }, 'bus consumer did not leave its group'));
    // Beats go on meanwhile: they renew the leases of batches that take long.
    while (this.#holdings.size > 0 || this.#beating) {
      await Promise.all([...this.#holdings.values()].map(({ gone }) => gone));
      await this.#beating;
    }
    this.#bus.onStopped();
    await this.#reader.close();
  }
}
