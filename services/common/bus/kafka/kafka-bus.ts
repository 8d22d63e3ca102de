import type { Logger } from '../../log.ts';
import type { Bus } from '../bus.ts';
import { Publisher } from '../publisher.ts';
import { ClusterAdmin } from './admin.ts';
import { createClient, type KafkaBusOptions, kafkaBusDefaults } from './client.ts';
import { KafkaGroupConsumer } from './consumer.ts';
import { Sender } from './sender.ts';

const pingEveryMs = 2_000;

/** The bus on Kafka, for production. Waits for the brokers, but not for ever. */
export async function openKafkaBus(
  given: Partial<KafkaBusOptions> & Pick<KafkaBusOptions, 'brokers'>,
  log: Logger,
): Promise<Bus> {
  const options: KafkaBusOptions = { ...kafkaBusDefaults, ...given };
  const kafka = createClient(options, log, 'calls');
  const kafkaOfConsumers = createClient(options, log, 'consumers');
  const admin = new ClusterAdmin(kafka, options);
  const sender = new Sender(kafka, options.deadlineMs);
  const consumers = new Set<KafkaGroupConsumer>();
  const publisher = new Publisher({
    append: (groups) => sender.send(groups),
    // One send at a time, of all partitions together.
    laneOf: () => '',
    maxRecords: 2_000,
    maxBytes: 900_000,
    maxPendingBytes: 64 * 1024 * 1024,
    deadlineMs: options.deadlineMs,
  });
  let answeredMs = Number.NEGATIVE_INFINITY;
  let asking = false;
  async function ping(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      await admin.ping();
      answeredMs = performance.now();
    } catch {
      // Not healthy, which is all there is to say.
    }
    asking = false;
  }
  const pinging = setInterval(() => void ping(), pingEveryMs);
  pinging.unref();
  await Promise.all([ping(), sender.connect().catch(() => {})]);

  return {
    ensureTopic: (topic, partitions) => admin.ensureTopic(topic, partitions),
    publish: (topic, records) => publisher.publish(topic, records),
    async consume(consumeOptions) {
      const ports = {
        kafka: kafkaOfConsumers,
        partitionsOf: (topic: string) => admin.partitionsOf(topic),
        ranges: (topic: string) => admin.ranges(topic),
        async standing(topic: string, group: string) {
          const standing = await admin.standing(topic, group);
          return new Map([...standing].map(([partition, { committed }]) => [partition, committed]));
        },
      };
      const consumer = new KafkaGroupConsumer(ports, consumeOptions, options, log);
      consumers.add(consumer);
      await consumer.started();
      return consumer;
    },
    ranges: (topic) => admin.ranges(topic),
    offsetAt: (topic, partition, timeMs) => admin.offsetAt(topic, partition, timeMs),
    standing: (topic, group) => admin.standing(topic, group),
    async lag(topic, group) {
      const standing = await admin.standing(topic, group);
      return new Map([...standing].map(([partition, { committed, end }]) => [partition, end - committed]));
    },
    groups: (topic) => admin.groups(topic),
    forgetGroup: (topic, group) => admin.forgetGroup(topic, group),
    retention: () => [],
    healthy: () => performance.now() - answeredMs < 3 * pingEveryMs,
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await publisher.close();
      clearInterval(pinging);
      await Promise.allSettled([sender.close(), admin.close()]);
    },
  };
}
