import type { EachBatchPayload, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import { withDeadline } from '../deadline.ts';
import { consumerRetry, type KafkaBusOptions } from './client.ts';

export interface MemberOptions {
  topic: string;
  group: string;
  /** Partitions of the topic: as many handlers may run side by side. */
  partitions: number;
  /** It has these partitions from now on. Called before anything of them is fetched. */
  onJoined: (partitions: number[]) => void;
  /** The group has heard of it. */
  onAlive: () => void;
  /** It has given up for good. Not called for a start that failed, which rejects. */
  onCrashed: (error: Error) => void;
  eachBatch: (payload: EachBatchPayload) => Promise<void>;
}

/** One kafkajs consumer, from its start until it leaves, crashes or is thrown away. */
export class Member {
  #consumer: KafkaConsumer;
  #options: MemberOptions;
  #deadlineMs: number;

  constructor(kafka: Kafka, options: MemberOptions, bus: KafkaBusOptions) {
    this.#options = options;
    this.#deadlineMs = bus.deadlineMs;
    this.#consumer = kafka.consumer({
      groupId: options.group,
      sessionTimeout: bus.sessionTimeoutMs,
      heartbeatInterval: bus.heartbeatMs,
      rebalanceTimeout: bus.rebalanceTimeoutMs,
      maxWaitTimeInMs: bus.maxWaitMs,
      allowAutoTopicCreation: false,
      // One way to start again, ours: kafkajs restarts after some faults and gives up after others.
      retry: { ...consumerRetry, restartOnFailure: async () => false },
    });
  }

  /** Resolves when it is in the group. @throws what kafkajs says. */
  async start(): Promise<void> {
    const consumer = this.#consumer;
    const { events } = consumer;
    const { topic, partitions, onJoined, onAlive, onCrashed, eachBatch } = this.#options;
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    failed.catch(() => {});
    let running = false;
    consumer.on(events.GROUP_JOIN, ({ payload }) => onJoined(payload.memberAssignment[topic] ?? []));
    consumer.on(events.HEARTBEAT, onAlive);
    consumer.on(events.CRASH, ({ payload: { error } }) => (running ? onCrashed(error) : fail(error)));
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const joined = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitions,
      eachBatch,
    });
    await Promise.race([joined, failed]);
    running = true;
  }

  pause(partition: number): void {
    this.#consumer.pause([{ topic: this.#options.topic, partitions: [partition] }]);
  }

  /** Fetches the partition, from `offset` on. */
  want(partition: number, offset: number): void {
    const { topic } = this.#options;
    this.#consumer.seek({ topic, partition, offset: String(offset) });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  /** Leaves the group, so that others have the partitions at once; after the deadline it is left to run out. */
  async leave(): Promise<void> {
    await withDeadline(this.#consumer.disconnect(), this.#deadlineMs, 'leave').catch(() => {});
  }
}
