import { backoffMs } from '../../common/backoff.ts';
import { Batcher } from '../../common/batcher.ts';
import type { Logger } from '../../common/log.ts';
import type { Channel } from '../../common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../common/protocol/channel-records.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { TtlCache } from '../../common/ttl-cache.ts';
import type { ChannelMetrics, ChannelOutcome } from '../metrics.ts';
import type { ChannelAdapter, Outcome } from './adapter.ts';
import type { Lanes, Tried } from './lanes.ts';
import type { ChannelResults } from './results.ts';
import type { ChannelUse } from './strategy.ts';

/** A message on its way to one device by one channel. */
export interface Delivery {
  message: ChannelMessage;
  cid: string;
  channel: Channel;
  use: Exclude<ChannelUse, 'never'>;
}

export interface SenderDeps {
  adapter: ChannelAdapter;
  lanes: Pick<Lanes, 'add'>;
  states: Pick<Client<UserRedisCalls>, 'status' | 'queued'>;
  kept: Pick<Client<UserMysqlCalls>, 'dropChannels'>;
  /** Where what came of each is told, for reports. */
  results: Pick<ChannelResults, 'note'>;
  metrics: ChannelMetrics;
  now: () => number;
  log: Logger;
}

/** Tries of one delivery. */
export const maxTries = 5;
const retryMinMs = 1_000;
const retryMaxMs = 60_000;
/** A service may ask for a longer wait than our own, up to this. */
export const maxRetryAfterMs = 600_000;
/** How long a lane rests whose credentials are refused: changed ones come within that and what they are remembered. */
export const deniedRestMs = 10_000;
/** How long an app counts as denied after a refusal, unless a message is taken; and how often the log names it at the most. */
export const deniedMs = 600_000;

/** Sends by one channel: while it is wanted, until it is taken or is of no use. Whatever comes of it is counted. */
export class Sender {
  #deps: SenderDeps;
  #wanted: Batcher<Delivery, ChannelOutcome | undefined>;
  #drops: Batcher<Delivery, object>;
  /** Apps whose credentials were refused lately, and when the log was told. */
  #denied = new TtlCache<number>(deniedMs, 1_000);

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    const shared = { maxItems: 1_000, maxPending: 20_000 };
    this.#wanted = new Batcher({ ...shared, run: (items) => this.#unwanted(items) });
    this.#drops = new Batcher({
      ...shared,
      run: async (items) => {
        const gone = items.map(({ message, cid, channel }) => ({ app: message.app, cid, channel }));
        return (await deps.kept.dropChannels({ items: gone })).results;
      },
    });
  }

  /** Apps whose credentials were refused lately. */
  get denied(): number {
    return this.#denied.freshCount(this.#deps.now());
  }

  /**
   * Sends one message to some devices, as many together as the adapter takes. Resolves after the first tries, or before them
   * where the service fails just now; never rejects.
   *
   * @param deliveries of one message.
   */
  async send(deliveries: Delivery[]): Promise<void> {
    const { adapter } = this.#deps;
    const perLane = Map.groupBy(deliveries, ({ message, channel }) =>
      adapter.laneOf(message.app, channel.subscription),
    );
    const tried: Promise<void>[] = [];
    for (const [lane, own] of perLane) {
      for (let from = 0; from < own.length; from += adapter.maxTogether) {
        tried.push(this.#sendTogether(lane, own.slice(from, from + adapter.maxTogether)));
      }
    }
    await Promise.all(tried);
  }

  async #sendTogether(lane: string, deliveries: Delivery[]): Promise<void> {
    let left = deliveries;
    let tries = 0;
    const work = async (): Promise<Tried> => {
      const { again, ...tried } = await this.#try(left, ++tries);
      left = again;
      return tried;
    };
    const tried = this.#deps.lanes.add(lane, work, deliveries.length);
    if (!tried) for (const delivery of deliveries) this.#end(delivery, 'full');
    await tried;
  }

  async #try(deliveries: Delivery[], tries: number): Promise<Tried & { again: Delivery[] }> {
    const { adapter, metrics, now } = this.#deps;
    const wanted = await this.#stillWanted(deliveries);
    if (wanted.length === 0) return { again: [] };
    const { message } = wanted[0]!;
    const outcomes = await adapter.send(
      message,
      wanted.map(({ channel }) => channel.subscription),
    );
    const again: Delivery[] = [];
    let askedMs = 0;
    let restMs = 0;
    for (const [index, delivery] of wanted.entries()) {
      const outcome: Outcome = outcomes[index] ?? { is: 'refused', reason: 'no_outcome' };
      metrics.tries.inc({ kind: adapter.kind, outcome: outcome.is });
      if (outcome.is === 'again') {
        const afterMs = Math.min(outcome.afterMs ?? 0, maxRetryAfterMs);
        askedMs = Math.max(askedMs, afterMs);
        if (outcome.of === 'app') restMs = Math.max(restMs, afterMs);
        if (tries >= maxTries) this.#end(delivery, 'gave_up', outcome.reason);
        else again.push(delivery);
        continue;
      }
      if (outcome.is === 'sent') this.#denied.delete(message.app);
      if (outcome.is === 'gone') this.#drop(delivery);
      if (outcome.is === 'denied') {
        restMs = Math.max(restMs, deniedRestMs);
        this.#tellDenied(message.app, outcome.reason);
      }
      this.#end(delivery, outcome.is, 'reason' in outcome ? outcome.reason : undefined);
    }
    const rest = restMs > 0 ? { restMs } : {};
    if (again.length === 0) return { again, ...rest };
    const againMs = Math.max(retryMinMs + backoffMs(tries - 1, retryMinMs, retryMaxMs), askedMs);
    if (now() + againMs < message.exp) return { again, againMs, ...rest };
    for (const delivery of again) this.#end(delivery, 'expired');
    return { again: [], ...rest };
  }

  /** Those that are of use yet; what became of the others is counted. */
  async #stillWanted(deliveries: Delivery[]): Promise<Delivery[]> {
    const now = this.#deps.now();
    const wanted = await Promise.all(
      deliveries.map(async (delivery) => {
        if (delivery.message.exp <= now) return this.#end(delivery, 'expired');
        // What can't be known now is sent: devices recognise what they had.
        const unwanted = await this.#wanted.add(delivery).catch(() => undefined);
        return unwanted ? this.#end(delivery, unwanted) : delivery;
      }),
    );
    return wanted.filter((delivery) => delivery !== undefined);
  }

  /** Why each is of no use any more, if it is. */
  async #unwanted(items: Delivery[]): Promise<(ChannelOutcome | undefined)[]> {
    const { states } = this.#deps;
    const [devices, messages] = await Promise.all([
      states.status({ items: items.map(({ cid }) => ({ cid })) }),
      states.queued({ items: items.map(({ cid, message: { task, exp } }) => ({ cid, task, exp })) }),
    ]);
    return items.map(({ use }, index) => {
      const { online, blacklisted } = devices.results[index]!;
      const { queued, stopped } = messages.results[index]!;
      if (stopped || blacklisted) return 'withdrawn';
      if (use === 'always') return undefined;
      if (!queued) return 'delivered';
      return online ? 'online' : undefined;
    });
  }

  #tellDenied(app: string, reason: string | undefined): void {
    const now = this.#deps.now();
    const toldAt = this.#denied.get(app, now)?.value;
    const told = toldAt !== undefined && now - toldAt < deniedMs;
    this.#denied.set(app, told ? toldAt : now, now);
    if (told) return;
    this.#deps.log.warn({ app, kind: this.#deps.adapter.kind, reason }, 'a vendor refuses the credentials of an app');
  }

  #drop(delivery: Delivery): void {
    // One that stays is found to be gone once more, and dropped then.
    this.#drops
      .add(delivery)
      .catch((error: unknown) => this.#deps.log.debug({ err: error }, 'a channel was not dropped'));
  }

  #end({ message, cid, channel }: Delivery, outcome: ChannelOutcome, reason?: string): undefined {
    this.#deps.metrics.messages.inc({ kind: channel.kind, outcome });
    this.#deps.results.note({ message, cid, kind: channel.kind, outcome, reason });
  }
}
