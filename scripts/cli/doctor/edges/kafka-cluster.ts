import { type Admin, Kafka as Client, type ConfigResourceTypes, logLevel } from 'kafkajs';
import { withDeadline } from '../../../../services/common/bus/deadline.ts';
import { type Kafka, type KafkaTopic, type Reading, read, unread } from '../readings.ts';
import { reasonOf } from './redis-servers.ts';

/** Kafka's number for a topic, where resources of several kinds are asked for. */
const topicResource: ConfigResourceTypes = 2;

const askMs = 10_000;
const topicsOfLines = /^[a-z0-9-]{1,40}\.(route\.\d+|broadcast\.\d+|task|receipt|channel|dead)$/;

/** @param prefixes of the product lines that are looked at; none: all topics that look like a line's. */
export async function readKafka(brokers: string[], prefixes: string[]): Promise<Reading<Kafka>> {
  const client = new Client({
    ...{ clientId: 'longwire-doctor', brokers, logLevel: logLevel.NOTHING },
    ...{ connectionTimeout: 2_000, requestTimeout: 5_000, retry: { retries: 1 } },
  });
  const admin = client.admin();
  try {
    return await withDeadline(asked(admin, prefixes), askMs, 'kafka');
  } catch (error) {
    return unread(`it can't be asked (${reasonOf(error)})`);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

async function asked(admin: Admin, prefixes: string[]): Promise<Reading<Kafka>> {
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  const names = (await admin.listTopics()).filter(
    (name) => topicsOfLines.test(name) && (prefixes.length === 0 || prefixes.includes(name.split('.')[0]!)),
  );
  const places = brokers.map(({ host, port }) => `${host}:${port}`);
  if (names.length === 0) return read({ brokers: places, topics: [] });
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      ...{ type: topicResource, name },
      configNames: ['min.insync.replicas', 'retention.ms', 'unclean.leader.election.enable'],
    })),
  });
  return read({
    brokers: places,
    topics: topics.map(({ name, partitions }): KafkaTopic => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      const value = (key: string): string | undefined =>
        entries.find(({ configName }) => configName === key)?.configValue;
      return {
        topic: name,
        partitions: partitions.length,
        replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        inSync: Math.min(...partitions.map(({ isr }) => isr.length)),
        minInSync: Number(value('min.insync.replicas') ?? 1),
        retentionMs: Number(value('retention.ms') ?? -1),
        uncleanElection: value('unclean.leader.election.enable') === 'true',
      };
    }),
  });
}
