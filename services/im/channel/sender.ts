import { backoffMs } from '../../common/backoff.ts';
import { Batcher } from '../../common/batcher.ts';
import type { Logger } from '../../common/log.ts';
import type { Channel } from '../../common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../common/protocol/channel-records.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { ChannelMetrics, ChannelOutcome } from '../metrics.ts';
import type { ChannelAdapter } from './adapter.ts';
import type { Lanes } from './lanes.ts';
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

/** Sends by one channel: while it is wanted, until it is taken or is of no use. Whatever comes of it is counted. */
export class Sender {
  #deps: SenderDeps;
  #wanted: Batcher<Delivery, ChannelOutcome | undefined>;
  #drops: Batcher<Delivery, object>;

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

  /** Resolves after the first try, or before it where the service fails just now; never rejects. */
  async send(delivery: Delivery): Promise<void> {
    const { adapter, lanes } = this.#deps;
    let tries = 0;
    const tried = lanes.add(adapter.serviceOf(delivery.channel.subscription), () => this.#try(delivery, ++tries));
    if (!tried) this.#count('full');
    await tried;
  }

  /** Answers when to try again. */
  async #try(delivery: Delivery, tries: number): Promise<number | undefined> {
    const { adapter, metrics, now } = this.#deps;
    const { message, channel } = delivery;
    if (message.exp <= now()) return this.#count('expired');
    // What can't be known now is sent: devices recognise what they had.
    const unwanted = await this.#wanted.add(delivery).catch(() => undefined);
    if (unwanted) return this.#count(unwanted);
    const outcome = await adapter.send(message, channel.subscription);
    metrics.tries.inc({ kind: adapter.kind, outcome: outcome.is });
    if (outcome.is === 'gone') this.#drop(delivery);
    if (outcome.is !== 'again') return this.#count(outcome.is);
    if (tries >= maxTries) return this.#count('gave_up');
    const backoff = retryMinMs + backoffMs(tries - 1, retryMinMs, retryMaxMs);
    const againMs = Math.max(backoff, Math.min(outcome.afterMs ?? 0, maxRetryAfterMs));
    return now() + againMs < message.exp ? againMs : this.#count('expired');
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

  #drop(delivery: Delivery): void {
    // One that stays is found to be gone once more, and dropped then.
    this.#drops
      .add(delivery)
      .catch((error: unknown) => this.#deps.log.debug({ err: error }, 'a channel was not dropped'));
  }

  #count(outcome: ChannelOutcome): undefined {
    this.#deps.metrics.messages.inc({ kind: this.#deps.adapter.kind, outcome });
  }
}
