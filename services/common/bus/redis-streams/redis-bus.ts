import { LongwireError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { topicKindOf } from '../../protocol/topics.ts';
import { parseRedisUrl } from '../../redis/address.ts';
import { every } from '../../ticks.ts';
import type { Bus, PartitionRange } from '../bus.ts';
import { type Group, Publisher } from '../publisher.ts';
import { append, isMissing } from './append.ts';
import { Connection } from './connection.ts';
import { RedisConsumer } from './consumer.ts';
import { commitField, keysOf, standing } from './keys.ts';
import { Replication } from './replication.ts';
import { RetentionKeeper, type RetentionOptions } from './retention.ts';

export interface RedisBusOptions extends RetentionOptions {
  /** One server, Sentinels or a Cluster; see `parseRedisUrl`. */
  url: string;
  /** Replicas that must have a record; undefined: 1 where another server can take over, 0 for one alone. */
  minReplicas: number | undefined;
  trimEveryMs: number;
  /** How long a publish, or any other call, may take. */
  deadlineMs: number;
  /** How long a consumer that died keeps its partitions. */
  leaseMs: number;
  /** How often a consumer renews its leases; well under `leaseMs`. */
  heartbeatMs: number;
}

export const redisBusDefaults: Omit<RedisBusOptions, 'url'> = {
  minReplicas: undefined,
  maxRecordsPerPartition: 1_000_000,
  retentionMs: 4 * 86_400_000,
  consumedGraceMs: 300_000,
  groupGoneMs: 3_600_000,
  trimEveryMs: 30_000,
  deadlineMs: 5_000,
  leaseMs: 5_000,
  heartbeatMs: 1_000,
};

/** A bus that answered nothing for so long isn't healthy; one that answered nothing for `pingAfterMs` is asked, within a second. */
const healthyMs = 3_000;
const pingAfterMs = 1_500;
/** Who is the master is told by the connection for commands, which looks more often; see `Reader`. */
const readerLooksEveryMs = 5_000;

/** The bus on Redis Streams (7.0 or later), for one machine without a JVM. Waits for the connection, but not for ever. */
export async function openRedisBus(
  given: Partial<RedisBusOptions> & Pick<RedisBusOptions, 'url'>,
  log: Logger,
): Promise<Bus> {
  const options: RedisBusOptions = { ...redisBusDefaults, ...given };
  const { url, deadlineMs } = options;
  const commands = new Connection(url, 'longwire-bus', log, deadlineMs);
  const replicas = options.minReplicas ?? (parseRedisUrl(url).kind === 'single' ? 0 : 1);
  const appends = replicas === 0 ? commands : new Connection(url, 'longwire-bus-append', log, deadlineMs);
  const replication = new Replication(appends, replicas);
  const consumers = new Set<RedisConsumer>();
  const ensured = new Map<string, number>();
  const retention = new RetentionKeeper(commands, options, log);
  const publisher = new Publisher({
    append: async (groups) => {
      const { topic } = groups[0]!;
      const once = (some: Group[]) => append(replication, some, retention.boundsOf(topic), options.groupGoneMs);
      const answers = await once(groups);
      const missing = groups.filter((_group, index) => isMissing(answers[index]!));
      if (missing.length === 0 || !ensured.has(topic)) return answers;
      await makeAnew(topic);
      const repeated = await once(missing);
      return answers.map((answer) => (isMissing(answer) ? repeated.shift()! : answer));
    },
    // One append of a topic at a time, of all its partitions together.
    laneOf: (topic) => topic,
    maxRecords: 1_000,
    maxBytes: 900_000,
    maxPendingBytes: 64 * 1024 * 1024,
    deadlineMs,
  });
  const endPing = every(1_000, () => {
    const quietMs = performance.now() - commands.answeredMs;
    if (quietMs > pingAfterMs) commands.call('PING', [], deadlineMs).catch(() => {});
  });
  const endBeats = every(options.heartbeatMs, () => {
    for (const consumer of consumers) void consumer.beat();
  });
  const looking = setInterval(() => void retention.look(), options.trimEveryMs);
  looking.unref();

  async function partitionsOf(topic: string): Promise<number> {
    const answer = await commands.call('GET', [keysOf(topic).topic]);
    if (answer === null) throw new LongwireError('unavailable', `bus: topic ${topic} does not exist`);
    return Number(answer);
  }

  async function ranges(topic: string): Promise<PartitionRange[]> {
    const keys = keysOf(topic);
    const streams = Array.from({ length: await partitionsOf(topic) }, (_none, partition) => keys.partition(partition));
    const answer = (await commands.run('ranges', streams, [])) as [number, number][];
    return answer.map(([begin, end], partition) => ({ partition, begin, end }));
  }

  async function standingOf(topic: string, group: string) {
    const found = await ranges(topic);
    const fields = found.map(({ partition }) => commitField(partition, group));
    const commits = (await commands.call('HMGET', [keysOf(topic).commits, ...fields])) as (string | null)[];
    return new Map(
      found.map(({ partition, begin, end }) => [
        partition,
        { committed: standing(commits[partition] ?? null, begin, end), end },
      ]),
    );
  }

  async function ensure(topic: string, partitions: number): Promise<void> {
    const keys = keysOf(topic);
    const streams = Array.from({ length: partitions }, (_none, partition) => keys.partition(partition));
    // Offsets of these become positions, which devices keep.
    const begin = ['route', 'broadcast'].includes(topicKindOf(topic)) ? 'time' : '0';
    const has = await commands.run('ensure-topic', [keys.topic, ...streams], [partitions, begin]);
    if (has !== partitions) {
      throw new LongwireError('conflict', `bus: topic ${topic} has ${has} partitions, not ${partitions}`);
    }
  }

  /** A topic that was there and is not any more: this Redis lost everything. What comes now must not wait for somebody to start a role anew. */
  async function makeAnew(topic: string): Promise<void> {
    const partitions = ensured.get(topic);
    if (partitions === undefined) return;
    log.error({ topic, partitions }, 'the bus has lost a topic with all its records: it is made anew, empty');
    await ensure(topic, partitions);
  }

  await Promise.all([commands.firstReady(), appends.firstReady()]);
  return {
    async ensureTopic(topic, partitions) {
      await ensure(topic, partitions);
      ensured.set(topic, partitions);
      await retention.know(topic, partitions);
    },
    publish: (topic, records) => publisher.publish(topic, records),
    async consume(consumeOptions) {
      const blocking = new Connection(url, 'longwire-bus-reader', log, deadlineMs, readerLooksEveryMs);
      const consumer: RedisConsumer = new RedisConsumer(
        commands,
        blocking,
        replication,
        retention,
        consumeOptions,
        { ...options, ranges, onMissing: makeAnew, onStopped: () => consumers.delete(consumer) },
        log,
      );
      consumers.add(consumer);
      await consumer.beat();
      return consumer;
    },
    ranges,
    async offsetAt(topic, partition, timeMs) {
      return Number(await commands.run('offset-at', [keysOf(topic).partition(partition)], [timeMs]));
    },
    standing: standingOf,
    async lag(topic, group) {
      const found = await standingOf(topic, group);
      return new Map([...found].map(([partition, { committed, end }]) => [partition, end - committed]));
    },
    groups: async (topic) => (await retention.survey(topic, await partitionsOf(topic))).groups,
    forgetGroup: async (topic, group) => retention.forget(topic, await partitionsOf(topic), group),
    retention: () => retention.reports(),
    healthy: () => commands.ready && appends.ready && performance.now() - commands.answeredMs < healthyMs,
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await publisher.close();
      endBeats();
      endPing();
      clearInterval(looking);
      commands.close();
      appends.close();
    },
  };
}
