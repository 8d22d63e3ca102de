import type { Bus, NewRecord } from '../../common/bus/bus.ts';
import { publishEach } from '../../common/bus/publish-each.ts';
import type { CmNodes } from '../../common/cm-nodes.ts';
import { LongwireError } from '../../common/errors.ts';
import type { Logger } from '../../common/log.ts';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import type { ChannelKind } from '../../common/protocol/channel-calls.ts';
import { messageRecords } from '../../common/protocol/channel-records.ts';
import type { Route } from '../../common/protocol/user-redis-calls.ts';
import { tagUseOf } from '../channel/strategy.ts';
import type { RouterMetrics } from '../metrics.ts';

/** Tries of a partition; each may take a publish's deadline. */
const maxTries = 2;
/** How long a partition that was away isn't tried: batches of routers must not wait for it one after another. */
const awayMs = 10_000;

export interface ChannelOffersOptions {
  topic: string;
  /** Channels that an app's messages may go by, as far as is known now. */
  kindsOf: (app: string) => readonly ChannelKind[];
}

/** A message that may go by channels, and where each of its devices is; null for one that it was not stored for. */
export interface Stored {
  record: RouteRecord;
  targets: ({ route: Route | null } | null)[];
}

/**
 * Leaves to the channels of vendors what devices without a connection are to get: which of them have a channel is not
 * known here. All of it waits in the devices' queues besides, so none of it is worth holding messages up for: where the bus
 * has no room for it, it is dropped and counted.
 */
export class ChannelOffers {
  #publish: Bus['publish'];
  #nodes: Pick<CmNodes, 'findFresh'>;
  #options: ChannelOffersOptions;
  #metrics: Pick<RouterMetrics, 'channels'>;
  #log: Logger;
  #awayUntilMs = new Map<number, number>();

  constructor(
    publish: Bus['publish'],
    nodes: Pick<CmNodes, 'findFresh'>,
    options: ChannelOffersOptions,
    metrics: Pick<RouterMetrics, 'channels'>,
    log: Logger,
  ) {
    this.#publish = publish;
    this.#nodes = nodes;
    this.#options = options;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Never rejects for want of the bus: each partition is tried a few times, and what it doesn't take is dropped and counted. */
  async offer(stored: Stored[]): Promise<void> {
    const records: NewRecord[] = [];
    for (const one of stored) records.push(...(await this.#recordsOf(one)));
    const perPartition = Map.groupBy(records, ({ partition }) => partition);
    await Promise.all([...perPartition.values()].map((own) => this.#leave(own)));
  }

  /** @param records of one partition. */
  async #leave(records: NewRecord[]): Promise<void> {
    let tries = 0;
    const { partition } = records[0]!;
    try {
      if (performance.now() < (this.#awayUntilMs.get(partition) ?? 0))
        throw new LongwireError('unavailable', 'away before');
      await publishEach(this.#publish, this.#options.topic, records, () => ++tries >= maxTries);
      this.#metrics.channels.inc({ outcome: 'left' }, records.length);
    } catch (error) {
      if (tries > 0) this.#awayUntilMs.set(partition, performance.now() + awayMs);
      this.#metrics.channels.inc({ outcome: 'dropped' }, records.length);
      this.#log.warn({ err: error, records: records.length }, 'the bus did not take messages to channels');
    }
  }

  async #recordsOf({ record, targets }: Stored): Promise<NewRecord[]> {
    const { app, task, exp, body, channels: orders = {} } = record;
    const kinds = this.#options.kindsOf(app);
    const uses = new Set(kinds.map((kind) => tagUseOf(kind, orders)));
    if (!uses.has('always') && !uses.has('offline')) return [];
    const cids: string[] = [];
    for (const [index, target] of targets.entries()) {
      if (target === null) continue;
      if (uses.has('always') || (uses.has('offline') && !(await this.#isOnline(target.route)))) {
        cids.push(record.cids[index]!);
      }
    }
    return messageRecords({ app, task, exp, body, orders }, cids);
  }

  /** A route counts only with the lease of its node. */
  async #isOnline(route: Route | null): Promise<boolean> {
    return route !== null && (await this.#nodes.findFresh(route)) !== undefined;
  }
}
