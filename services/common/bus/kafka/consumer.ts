import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { backoffMs } from '../../backoff.ts';
import { LongwireError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { ConsumeOptions, Consumer, PartitionRange } from '../bus.ts';
import { Successes } from '../content-fault.ts';
import { withDeadline } from '../deadline.ts';
import { Lease } from '../lease.ts';
import { Unwanted } from '../unwanted.ts';
import type { KafkaBusOptions } from './client.ts';
import { Commits } from './commits.ts';
import { expelled, faultType } from './faults.ts';
import { Holding, type Membership } from './holding.ts';
import { Member } from './member.ts';
import { fetchedFrom, toRecords } from './records.ts';

/** Sessions without a sign of life after which a kafkajs consumer is thrown away. */
const silentSessions = 4;

export interface KafkaConsumerPorts {
  kafka: Kafka;
  partitionsOf: (topic: string) => Promise<number>;
  ranges: (topic: string) => Promise<PartitionRange[]>;
  /** Where a group stands in each partition. */
  standing: (topic: string, group: string) => Promise<Map<number, number>>;
}

/**
 * One member of a group. kafkajs joins, fetches and beats; this gives each partition a loop of its own, and starts a new
 * kafkajs consumer whenever one has given up, so that no broker's restart ends it.
 *
 * kafkajs fetches from a broker again only when all it brought is handled: a handler that takes long holds up the other
 * partitions of this member that are on the same broker. One that failed and waits does not.
 */
export class KafkaGroupConsumer implements Consumer {
  #ports: KafkaConsumerPorts;
  #bus: KafkaBusOptions;
  #options: ConsumeOptions;
  #log: Logger;
  #member: Member | undefined;
  #session: Lease;
  #assigned: number[] = [];
  #holdings = new Map<number, Holding>();
  #successes = new Successes();
  /** The group is being shared out anew, or has put this member out. */
  #leaving = false;
  #payload: EachBatchPayload | undefined;
  #standing: Promise<Map<number, number>> | undefined;
  #progressMs = Date.now();
  #aliveMs = 0;
  #running = false;
  #stopping: Promise<void> | undefined;
  #stopped = new AbortController();
  #connecting: Promise<void>;
  #tick: NodeJS.Timeout;

  constructor(ports: KafkaConsumerPorts, options: ConsumeOptions, bus: KafkaBusOptions, log: Logger) {
    this.#ports = ports;
    this.#bus = bus;
    this.#options = options;
    this.#log = log;
    this.#session = new Lease(options.group, -1, bus.sessionTimeoutMs);
    const { isWanted, topic } = options;
    this.#membership.unwanted = isWanted && new Unwanted(() => ports.ranges(topic), isWanted);
    this.#tick = setInterval(() => this.#check(), bus.heartbeatMs);
    this.#connecting = this.#connect();
  }

  /** Resolves when it is in its group, or after the deadline: it goes on trying. */
  async started(): Promise<void> {
    await withDeadline(this.#connecting, this.#bus.deadlineMs, 'consume').catch(() => {});
  }

  owned(): number[] {
    const live = [...this.#holdings.values()].filter((holding) => holding.live && this.#session.held());
    return live.map(({ partition }) => partition).sort((a, b) => a - b);
  }

  restart(partition: number): void {
    this.#holdings.get(partition)?.loop.restart();
  }

  lastProgressMs(): number {
    const live = [...this.#holdings.values()].filter((holding) => holding.live && this.#session.held());
    return Math.min(this.#progressMs, ...live.flatMap(({ loop }) => loop.workMs ?? []));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Tries until a kafkajs consumer is in the group, or until the stop. */
  async #connect(): Promise<void> {
    for (let failures = 0; !this.#stopping; failures++) {
      this.#progressMs = Date.now();
      try {
        await this.#run();
        return;
      } catch (error) {
        this.#log.debug({ err: error }, 'bus consumer cannot start, trying again');
        await this.#member?.leave();
        await sleep(50 + backoffMs(failures, 100, 2_000), undefined, this.#stopped).catch(() => {});
      }
    }
  }

  async #run(): Promise<void> {
    const { topic, group } = this.#options;
    const member = new Member(
      this.#ports.kafka,
      {
        topic,
        group,
        partitions: await this.#ports.partitionsOf(topic),
        onJoined: (partitions) => this.#joined(partitions),
        onAlive: () => this.#alive(),
        onCrashed: (error) => this.#crashed(member, error),
        eachBatch: (payload) => this.#eachBatch(payload),
      },
      this.#bus,
    );
    this.#member = member;
    await member.start();
    this.#running = true;
  }

  /** kafkajs gave up, or hangs and is given up. Its partitions may be anybody's; we begin anew. */
  #crashed(member: Member, error: Error): void {
    if (!this.#running || member !== this.#member) return;
    this.#running = false;
    const { topic, group } = this.#options;
    this.#log.warn({ err: error, topic, group }, 'bus consumer lost its group, starting again');
    this.#assigned = [];
    const lost = [...this.#holdings.values()];
    for (const holding of lost) holding.lose();
    if (this.#stopping) return;
    this.#connecting = (async () => {
      await Promise.all(lost.map(({ loop }) => loop.done));
      await member.leave();
      await this.#connect();
    })();
  }

  /** Its own progress is this turning: a kafkajs consumer that hangs is replaced, and a broker that is away is no fault of ours. */
  #check(): void {
    this.#progressMs = Date.now();
    const silentMs = performance.now() - this.#aliveMs;
    if (this.#running && this.#member && silentMs > silentSessions * this.#bus.sessionTimeoutMs) {
      this.#crashed(this.#member, new LongwireError('timeout', `no sign of the group for ${Math.round(silentMs)} ms`));
    } else this.#retake();
  }

  #alive(): void {
    this.#aliveMs = performance.now();
    this.#session.renewed(this.#aliveMs);
  }

  /** Called by kafkajs before it fetches anything of the new assignment. */
  #joined(partitions: number[]): void {
    this.#alive();
    this.#leaving = false;
    this.#assigned = partitions;
    for (const holding of this.#holdings.values()) {
      if (!partitions.includes(holding.partition)) holding.lose();
    }
    for (const partition of partitions) {
      const holding = this.#holdings.get(partition);
      const wanted = holding?.live ? holding.feed.wanted : undefined;
      if (wanted === undefined) this.#member?.pause(partition);
      else this.#want(partition, wanted);
    }
    this.#retake();
  }

  /** Gives a loop to each partition that is ours and has none: it is new, or its loop ended when the session seemed over. */
  #retake(): void {
    if (this.#stopping || this.#leaving || !this.#session.held()) return;
    for (const partition of this.#assigned) {
      if (this.#holdings.has(partition)) continue;
      const holding = new Holding(partition, this.#membership, this.#options, this.#successes, this.#log);
      this.#holdings.set(partition, holding);
      void holding.loop.done.then(() => {
        this.#holdings.delete(partition);
        this.#retake();
      });
    }
  }

  #commits = new Commits({
    held: (partition) => this.#holdings.get(partition)?.lost === false,
    write: async (partitions) => {
      const topics = [{ topic: this.#options.topic, partitions }];
      // Of any delivery: the way to commit is its consumer's, in the group as it stands.
      await withDeadline(this.#payload!.commitOffsetsIfNecessary({ topics }), this.#bus.deadlineMs, 'commit');
    },
    onExpelled: () => {
      this.#leaving = true;
    },
  });

  #membership: Membership = {
    held: () => this.#session.held(),
    leaving: () => this.#leaving,
    committed: async (partition) => {
      // Partitions given together ask together.
      this.#standing ??= this.#ports.standing(this.#options.topic, this.#options.group).finally(() => {
        this.#standing = undefined;
      });
      return (await this.#standing).get(partition) ?? 0;
    },
    commit: (partition, offset) => this.#commits.commit(partition, offset),
    want: (partition, offset) => this.#want(partition, offset),
  };

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, isStale, pause, resolveOffset } = payload;
    // A process that was held up hears first whether it is still a member.
    if (!this.#session.held()) await heartbeat();
    const holding = this.#holdings.get(batch.partition);
    if (isStale() || !this.#session.held()) return;
    this.#payload = payload;
    const begunMs = performance.now();
    let fault: unknown;
    const beat = setInterval(() => {
      heartbeat().catch((error: unknown) => {
        if (!expelled(error)) return;
        fault = error;
        // The broker waits for the batch in hand: it has heard of us, and says so in this way only.
        if (faultType(error) === 'REBALANCE_IN_PROGRESS') this.#alive();
        this.#leaving = true;
        for (const { feed } of this.#holdings.values()) feed.drop();
      });
    }, this.#bus.heartbeatMs / 2);
    await holding?.feed.deliver(fetchedFrom(batch), toRecords(batch));
    // kafkajs fetches again once this has resolved for all that it brought.
    const restMs = (this.#options.paceMs ?? 0) - (performance.now() - begunMs);
    if (restMs > 0) await sleep(restMs, undefined, this.#stopped).catch(() => {});
    clearInterval(beat);
    // By now: what was wanted meanwhile was asked for, and a pause would take that back, also if another loop or member has the partition since.
    const wanted = this.#holdings.get(batch.partition)?.feed.wanted;
    if (wanted === undefined) pause();
    else resolveOffset(String(wanted - 1));
    if (fault) throw fault;
  }

  #want(partition: number, offset: number): void {
    if (this.#assigned.includes(partition)) this.#member?.want(partition, offset);
  }

  async #stop(): Promise<void> {
    this.#stopped.abort();
    for (const { loop } of this.#holdings.values()) loop.end();
    await Promise.all([...this.#holdings.values()].map(({ loop }) => loop.done));
    clearInterval(this.#tick);
    await withDeadline(this.#connecting, this.#bus.deadlineMs, 'join').catch(() => {});
    await this.#member?.leave();
  }
}
