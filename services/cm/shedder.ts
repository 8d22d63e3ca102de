import { LongwireError } from '../common/errors.ts';
import { Claim } from './core/claim.ts';
import { sendAway } from './drain.ts';
import type { Gateway, Link } from './gateway.ts';
import type { CmMetrics } from './metrics.ts';

/** Over how long the devices of one order leave, ms: that of a round. */
const roundMs = 1_000;

export interface ShedderOptions {
  gateway: Pick<Gateway, 'liveLinks' | 'run'>;
  metrics: Pick<CmMetrics, 'sentAway'>;
  now: () => number;
  draining: () => boolean;
  /** In place of that of a round, ms. */
  spreadMs?: number;
}

/**
 * The part of one node in evening out: says what it holds, and tells devices to come back, for one coordinator at a time. How many
 * is the coordinator's to know.
 */
export class Shedder {
  #options: ShedderOptions;
  #claim = new Claim();
  /** Told, and still connected. */
  #leaving = new Set<Link>();
  #last = { by: '', round: 0, told: 0 };

  constructor(options: ShedderOptions) {
    this.#options = options;
  }

  /** A walk over all connections of a node takes a millisecond or two. */
  load({ by, claim, minAgeMs }: { by: string; claim: boolean; minAgeMs: number }) {
    const { now, draining } = this.#options;
    let staying = 0;
    let movable = 0;
    for (const link of this.#staying()) {
      staying++;
      if (this.#isOld(link, minAgeMs)) movable++;
    }
    const claimed = claim && this.#claim.take(by, now());
    return { staying, leaving: this.#leaving.size, movable, claimed, draining: draining() };
  }

  /** @returns how many were told. @throws LongwireError `conflict` without the claim, or while this node is stopping. */
  shed(order: { by: string; round: number; count: number; minAgeMs: number }): number {
    const { gateway, metrics, now, draining, spreadMs = roundMs } = this.#options;
    const { by, round } = order;
    if (draining()) throw new LongwireError('conflict', 'this node is stopping');
    if (!this.#claim.heldBy(by, now())) throw new LongwireError('conflict', 'another coordinates');
    if (this.#last.by === by && this.#last.round === round) return this.#last.told;
    const links = this.#choose(order.count, order.minAgeMs);
    this.#last = { by, round, told: links.length };
    for (const link of links) this.#leaving.add(link);
    metrics.sentAway.inc({ reason: 'rebalance' }, links.length);
    const reason = 'this node holds more than its part';
    let next = 0;
    // The same time apart: by chance some second had more than its rate.
    const evenly = (): number => (next++ + 0.5) / links.length;
    void sendAway(gateway, links, { spreadMs, reason, random: evenly });
    return links.length;
  }

  /** Of those that are old enough, first the ones with nothing unacknowledged, the oldest connections first. */
  #choose(count: number, minAgeMs: number): Link[] {
    const idle: Link[] = [];
    const busy: Link[] = [];
    for (const link of this.#staying()) {
      if (idle.length === count) break;
      if (!this.#isOld(link, minAgeMs)) continue;
      if (isIdle(link)) idle.push(link);
      else if (busy.length < count) busy.push(link);
    }
    return [...idle, ...busy].slice(0, count);
  }

  *#staying(): IterableIterator<Link> {
    for (const link of this.#leaving) if (link.connection.closed) this.#leaving.delete(link);
    for (const link of this.#options.gateway.liveLinks()) if (!this.#leaving.has(link)) yield link;
  }

  #isOld({ connection }: Link, minAgeMs: number): boolean {
    return this.#options.now() - connection.loggedInAt >= minAgeMs;
  }
}

function isIdle({ connection }: Link): boolean {
  return connection.delivery?.unacked === 0 && !connection.blocked;
}
