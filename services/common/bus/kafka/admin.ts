import type { Admin, Kafka } from 'kafkajs';
import { LongwireError } from '../../errors.ts';
import { retentionOf } from '../../protocol/topics.ts';
import type { BusGroup, PartitionRange } from '../bus.ts';
import { withDeadline } from '../deadline.ts';
import type { KafkaBusOptions } from './client.ts';
import { faultType, toBusError } from './faults.ts';

/** Of one partition of a topic that is kept for people to look at. */
const keptBytes = 64 * 1024 * 1024;

/** Questions to the cluster beside the records themselves. Every one has a deadline and throws LongwireError. */
export class ClusterAdmin {
  #admin: Admin;
  #options: KafkaBusOptions;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka, options: KafkaBusOptions) {
    this.#admin = kafka.admin();
    this.#options = options;
  }

  /** @throws LongwireError `conflict` if the topic has another number of partitions. */
  async ensureTopic(topic: string, partitions: number): Promise<void> {
    await this.#ask('create topic', async () => {
      const configEntries = [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: String(this.#options.retentionMs) },
        ...(retentionOf(topic).kind === 'kept' ? [{ name: 'retention.bytes', value: String(keptBytes) }] : []),
        // The bus' own time, so that times don't fall along a partition whatever clocks its publishers have.
        { name: 'message.timestamp.type', value: 'LogAppendTime' },
      ];
      await this.#admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] });
    });
    const has = await this.partitionsOf(topic);
    if (has !== partitions) {
      throw new LongwireError('conflict', `bus: topic ${topic} has ${has} partitions, not ${partitions}`);
    }
  }

  async partitionsOf(topic: string): Promise<number> {
    const { topics } = await this.#ask('topic', () => this.#admin.fetchTopicMetadata({ topics: [topic] }));
    return topics[0]?.partitions.length ?? 0;
  }

  async ranges(topic: string): Promise<PartitionRange[]> {
    const offsets = await this.#ask('ranges', () => this.#admin.fetchTopicOffsets(topic));
    return offsets
      .map(({ partition, low, high }) => ({ partition, begin: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    const offsets = await this.#ask('offset at', () => this.#admin.fetchTopicOffsetsByTimestamp(topic, timeMs));
    const found = offsets.find((one) => one.partition === partition);
    if (!found) throw new LongwireError('unavailable', `bus: there is no partition ${topic}/${partition}`);
    return Number(found.offset);
  }

  /** Where a group goes on in each partition, and where the partition ends. */
  async standing(topic: string, group: string): Promise<Map<number, { committed: number; end: number }>> {
    const [ranges, [commits]] = await Promise.all([
      this.ranges(topic),
      this.#ask('commits', () => this.#admin.fetchOffsets({ groupId: group, topics: [topic] })),
    ]);
    const offsets = new Map(commits?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return new Map(
      ranges.map(({ partition, begin, end }) => {
        const offset = offsets.get(partition) ?? -1;
        return [partition, { committed: offset < begin || offset > end ? begin : offset, end }];
      }),
    );
  }

  /** Groups with a commit in the topic. Kafka doesn't say since when a group has no members: it counts as gone from now on. */
  async groups(topic: string): Promise<BusGroup[]> {
    const { groups } = await this.#ask('groups', () => this.#admin.listGroups());
    const ids = groups.filter(({ protocolType }) => protocolType === 'consumer').map(({ groupId }) => groupId);
    if (ids.length === 0) return [];
    const described = await this.#ask('groups', () => this.#admin.describeGroups(ids));
    const found = await Promise.all(
      described.groups.map(async ({ groupId, members }): Promise<BusGroup | undefined> => {
        const ask = (): ReturnType<Admin['fetchOffsets']> => this.#admin.fetchOffsets({ groupId, topics: [topic] });
        const [commits] = await this.#ask('commits', ask);
        if (!commits?.partitions.some(({ offset }) => Number(offset) >= 0)) return undefined;
        const standing = [...(await this.standing(topic, groupId)).values()];
        const behind = standing.reduce((sum, { committed, end }) => sum + end - committed, 0);
        return { group: groupId, absentMs: members.length > 0 ? 0 : 1, behind };
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  /** Of all its topics: Kafka knows no less. */
  async forgetGroup(topic: string, group: string): Promise<void> {
    const known = (await this.groups(topic)).find((one) => one.group === group);
    if (!known) throw new LongwireError('not_found', `bus: topic ${topic} has no group ${group}`);
    if (known.absentMs === 0) throw new LongwireError('conflict', `bus: group ${group} has members: stop them first`);
    await this.#ask('forget group', () => this.#admin.deleteGroups([group]));
  }

  async ping(): Promise<void> {
    await this.#ask('ping', () => this.#admin.describeCluster());
  }

  async close(): Promise<void> {
    await withDeadline(this.#admin.disconnect(), this.#options.deadlineMs, 'close');
  }

  async #ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(this.#asked(question), this.#options.deadlineMs, what);
    } catch (error) {
      throw toBusError(what, error);
    }
  }

  async #asked<T>(question: () => Promise<T>): Promise<T> {
    this.#connected ??= this.#admin.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
    try {
      return await question();
    } catch (error) {
      // A topic made a moment ago may not be known everywhere yet; kafkajs asks once more after it has looked again.
      if (faultType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      return await question();
    }
  }
}
