import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../common/backoff.ts';
import type { ProgressMark } from '../common/health.ts';
import type { Logger } from '../common/log.ts';
import type { NodeLease } from '../common/protocol/user-redis-calls.ts';
import type { Gateway, Link } from './gateway.ts';
import type { Leases } from './ports.ts';

export interface PresenceOptions {
  self: NodeLease;
  everyMs: number;
  /** Sessions attached again at once. */
  reattachBatch: number;
  progress: ProgressMark;
  /** The lease lasts until then, ms of `performance.now`. */
  onRenewed: (untilMs: number) => void;
}

/**
 * This node's lease. When Redis lost it, or restarted, routes may be lost with it: then every session sets its route anew,
 * in paced batches, with what its device had finished.
 */
export class Presence {
  #leases: Leases;
  #gateway: Pick<Gateway, 'liveLinks'>;
  #reattach: (link: Link) => Promise<boolean>;
  #options: PresenceOptions;
  #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #lease: { term: string; store: string } | undefined;
  #round = 0;
  #renewing: Promise<void> | undefined;
  #stopped = false;

  constructor(
    leases: Leases,
    gateway: Pick<Gateway, 'liveLinks'>,
    reattach: (link: Link) => Promise<boolean>,
    options: PresenceOptions,
    log: Logger,
  ) {
    this.#leases = leases;
    this.#gateway = gateway;
    this.#reattach = reattach;
    this.#options = options;
    this.#log = log;
  }

  /** True once the lease was taken: before that no route of this node would count. */
  get leased(): boolean {
    return this.#lease !== undefined;
  }

  start(): void {
    this.#renewing = this.#renewAndAgain();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    // A renewal that came after the release would take the lease again. It has a deadline.
    await this.#renewing;
    await this.#leases.releaseLease(this.#options.self, { deadlineMs: 1_000 });
  }

  async #renewAndAgain(): Promise<void> {
    const { everyMs, progress } = this.#options;
    try {
      await this.#renew();
    } catch (error) {
      this.#log.warn({ err: error }, 'lease could not be renewed');
    }
    progress.mark();
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.start(), this.leased ? everyMs : 200);
  }

  async #renew(): Promise<void> {
    const askedMs = performance.now();
    const lease = await this.#leases.renewLease(this.#options.self, { deadlineMs: this.#options.everyMs });
    if (lease.ttlMs !== undefined) this.#options.onRenewed(askedMs + lease.ttlMs);
    const before = this.#lease;
    this.#lease = lease;
    if (!before || (before.term === lease.term && before.store === lease.store)) return;
    this.#log.warn({ restarted: before.store !== lease.store }, 'routes may be lost, attaching sessions again');
    void this.#reattachAll(++this.#round);
  }

  /**
   * A later round takes over from an earlier one. A session whose turn fails is tried again until it works or the round
   * ends, after a pause that grows while batches fail.
   */
  async #reattachAll(round: number): Promise<void> {
    let todo = [...this.#gateway.liveLinks()];
    let failures = 0;
    while (todo.length > 0 && round === this.#round && !this.#stopped) {
      const batch = todo.slice(0, this.#options.reattachBatch);
      todo = todo.slice(batch.length);
      const outcomes = await Promise.allSettled(batch.map((link) => this.#reattach(link)));
      const failed = batch.filter((_, index) => outcomes[index]!.status === 'rejected');
      todo.push(...failed.filter((link) => !link.connection.closed));
      if (failed.length === 0) failures = 0;
      else await sleep(10 + backoffMs(failures++, 50, 2_000));
    }
    if (round === this.#round) this.#log.info('sessions are attached again');
  }
}
