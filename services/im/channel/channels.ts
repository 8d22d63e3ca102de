import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from '../../common/bus/bus.ts';
import { recordReader } from '../../common/bus/record-reader.ts';
import type { Logger } from '../../common/log.ts';
import type { Channel, ChannelKind } from '../../common/protocol/channel-calls.ts';
import { type ChannelMessage, ChannelRecord } from '../../common/protocol/channel-records.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import { type Client, maxBatchItems } from '../../common/rpc/contract.ts';
import { TtlCache } from '../../common/ttl-cache.ts';
import type { ChannelMetrics } from '../metrics.ts';
import type { Delivery, Sender } from './sender.ts';
import { tagUseOf } from './strategy.ts';

export interface ChannelsDeps {
  directory: Pick<Client<UserMysqlCalls>, 'channelsOf'>;
  /** One a channel that there is an adapter for. */
  senders: Map<ChannelKind, Pick<Sender, 'send'>>;
  metrics: ChannelMetrics;
  now: () => number;
  log: Logger;
}

/** What is remembered of a partition, which nobody else consumes meanwhile. */
interface Memory {
  /** Devices that have no channel; a record says when one of them registers one. */
  without: TtlCache<true>;
  /** Messages that were given to a device's channels: routers may write them twice. */
  given: TtlCache<true>;
}

const readRecord = recordReader(ChannelRecord);
/** Devices of a partition known to have no channel, and for how long at the most. */
const maxWithout = 20_000;
const withoutMs = 3_600_000;
/** Messages of a partition remembered as given, and for how long. */
const maxGiven = 20_000;
const givenMs = 600_000;
/** How long a batch waits for the first tries of what is in it; then it goes on without. */
const holdMs = 1_000;

/**
 * Gives messages to the channels of their devices.
 *
 * - CH1 A device that has no channel is asked for once, until it registers one.
 * - CH2 A batch counts as done when each message in it was tried once, or its service fails or takes long: an instance that
 *   is killed forgets what it was about to try again. All of it waits in the devices' queues.
 */
export class Channels {
  #deps: ChannelsDeps;
  #memories = new Map<number, Memory>();

  constructor(deps: ChannelsDeps) {
    this.#deps = deps;
  }

  async handle({ partition, records }: Batch): Promise<void> {
    const memory = this.#memoryOf(partition);
    const messages: ChannelMessage[] = [];
    for (const { offset, value } of records) {
      const record = this.#read(offset, value);
      if (record?.kind === 'changed') memory.without.delete(keyOf(record));
      if (record?.kind === 'message' && this.#deps.senders.size > 0) messages.push(record);
    }
    const deliveries = await this.#deliveries(messages, memory);
    const together = Map.groupBy(deliveries, ({ message }) => message);
    const tried = Promise.all(
      [...together.values()].flatMap((ofMessage) =>
        [...Map.groupBy(ofMessage, ({ channel }) => channel.kind)].map(([kind, own]) =>
          this.#deps.senders.get(kind)!.send(own),
        ),
      ),
    );
    const waiting = new AbortController();
    await Promise.race([tried, sleep(holdMs, undefined, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
  }

  /** Somebody else has the partition, and hears what happens to its devices. */
  forget(partition: number): void {
    this.#memories.delete(partition);
  }

  async #deliveries(messages: ChannelMessage[], memory: Memory): Promise<Delivery[]> {
    const now = this.#deps.now();
    const wanted: { message: ChannelMessage; cid: string }[] = [];
    for (const message of messages) {
      for (const cid of message.exp > now ? message.cids : []) {
        if (!memory.without.get(keyOf({ app: message.app, cid }), now)?.fresh) wanted.push({ message, cid });
      }
    }
    const found = await this.#channelsOf(wanted.map(({ message, cid }) => ({ app: message.app, cid })));
    return wanted.flatMap(({ message, cid }) => {
      const key = keyOf({ app: message.app, cid });
      const channels = found.get(key)!;
      if (channels.length === 0) memory.without.set(key, true, now);
      const given = `${cid} ${message.task}`;
      if (channels.length === 0 || memory.given.get(given, now)?.fresh) return [];
      memory.given.set(given, true, now);
      return channels.flatMap((channel): Delivery[] => {
        const use = tagUseOf(channel.kind, message.orders);
        return use === 'never' || !this.#deps.senders.has(channel.kind) ? [] : [{ message, cid, channel, use }];
      });
    });
  }

  async #channelsOf(devices: { app: string; cid: string }[]): Promise<Map<string, Channel[]>> {
    const distinct = [...new Map(devices.map((device) => [keyOf(device), device])).values()];
    const found = new Map<string, Channel[]>();
    for (let from = 0; from < distinct.length; from += maxBatchItems) {
      const items = distinct.slice(from, from + maxBatchItems);
      const { results } = await this.#deps.directory.channelsOf({ items });
      for (const [index, item] of items.entries()) found.set(keyOf(item), results[index]!.channels);
    }
    return found;
  }

  #memoryOf(partition: number): Memory {
    const known = this.#memories.get(partition);
    if (known) return known;
    const memory = { without: new TtlCache<true>(withoutMs, maxWithout), given: new TtlCache<true>(givenMs, maxGiven) };
    this.#memories.set(partition, memory);
    return memory;
  }

  #read(offset: number, value: string): ChannelRecord | undefined {
    const record = readRecord(value);
    if (record) return record;
    this.#deps.metrics.unreadable.inc();
    this.#deps.log.error({ offset }, 'a record for channels cannot be read');
    return undefined;
  }
}

function keyOf({ app, cid }: { app: string; cid: string }): string {
  return `${app} ${cid}`;
}
