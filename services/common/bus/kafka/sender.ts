import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { LongwireError } from '../../errors.ts';
import type { Group } from '../publisher.ts';
import { toBusError } from './faults.ts';

/**
 * Writes groups with full acknowledgement. The caller awaits each send before the next, so what goes to a partition keeps
 * its order; the producer is not idempotent, so a send repeated after a lost answer may stand twice in the log.
 */
export class Sender {
  #producer: Producer;
  #connected: Promise<void> | undefined;
  #timeoutMs: number;

  constructor(kafka: Kafka, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#producer = kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
  }

  /** @throws LongwireError `unavailable`: some may have been kept. */
  async connect(): Promise<void> {
    this.#connected ??= this.#producer.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw toBusError('connect', error);
    }
  }

  /** Answers the offset of each group's first record. @throws LongwireError. */
  async send(groups: Group[]): Promise<number[]> {
    await this.connect();
    const topics = new Map<string, Message[]>();
    /** Where in its partition's share of this send each group begins. */
    const starts: number[] = [];
    const counts = new Map<string, number>();
    for (const { topic, partition, records } of groups) {
      const messages = topics.get(topic) ?? [];
      topics.set(topic, messages);
      for (const { key, value } of records) messages.push({ partition, key, value });
      const name = `${topic}/${partition}`;
      const start = counts.get(name) ?? 0;
      starts.push(start);
      counts.set(name, start + records.length);
    }
    const bases = await this.#write([...topics].map(([topic, messages]) => ({ topic, messages })));
    return groups.map(({ topic, partition }, index) => {
      const base = bases.get(`${topic}/${partition}`);
      // kafkajs leaves out what goes to a partition that the topic hasn't.
      if (base === undefined)
        throw new LongwireError('unavailable', `bus: there is no partition ${topic}/${partition}`);
      return base + starts[index]!;
    });
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }

  async #write(topicMessages: { topic: string; messages: Message[] }[]): Promise<Map<string, number>> {
    try {
      const answer = await this.#producer.sendBatch({ acks: -1, timeout: this.#timeoutMs, topicMessages });
      return new Map(answer.map((one) => [`${one.topicName}/${one.partition}`, Number(one.baseOffset)]));
    } catch (error) {
      throw toBusError('publish', error);
    }
  }
}
