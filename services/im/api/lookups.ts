import { randomUUID } from 'node:crypto';
import { Batcher } from '../../common/batcher.ts';
import type { QuotaClaim } from '../../common/protocol/quota-calls.ts';
import { TtlCache } from '../../common/ttl-cache.ts';
import type { LoginTimes, Presence } from './cid-status.ts';
import type { ApiDeps } from './deps.ts';
import type { Reservation, Reservations, ReservedId } from './idempotency.ts';
import type { OpenLookup } from './metrics.ts';
import type { TakenClaim } from './quota-claims.ts';
import { type PushFacts, TurnLookups } from './turn-lookups.ts';

const maxPending = 20_000;
const bounds = { maxItems: 1_000, maxPending, concurrency: 2 };
/** How long a push waits for what it can do without. */
const shortMs = 400;
const settleMs = 600;
/** How long a settlement waits for company: a repeat that comes meanwhile asks again. */
const settleGatherMs = 50;
const reserveMs = 1_000;
const loginTimesTtlMs = 60_000;
const maxLoginTimes = 50_000;

/** What was learnt for pushes; undefined where it could not be. */
type Facts = Pick<PushFacts, 'revoked' | 'refused'> & {
  presences: Presence[];
  reservations: (Reservation | undefined)[];
};

/**
 * The look-ups of every request, gathered into batches over requests. None of them fails: what can't be learnt in time
 * is done without, and counted.
 */
export class Lookups implements Reservations {
  readonly #deps: ApiDeps;
  readonly #turn;
  readonly #settle;
  readonly #release;
  readonly #devices;
  readonly #broadcasts;
  readonly #returnQuota;
  readonly #loginTimes = new TtlCache<LoginTimes>(loginTimesTtlMs, maxLoginTimes);

  constructor(deps: ApiDeps) {
    const { userRedis, userMysql } = deps;
    this.#deps = deps;
    const deadlineMs = { tokenRevoked: shortMs, status: shortMs, takeQuota: shortMs, reserve: reserveMs };
    this.#turn = new TurnLookups({ ...bounds, userRedis, deadlineMs });
    this.#settle = batched(userRedis.settle, settleMs, settleGatherMs);
    this.#release = batched(userRedis.release, settleMs);
    this.#returnQuota = batched(userRedis.returnQuota, settleMs);
    this.#broadcasts = batched(userRedis.broadcastCounts, shortMs);
    this.#devices = batched(userMysql.devices, shortMs);
  }

  /** False where it can't be learnt: a dead store must not lock all upstreams out. */
  async tokenRevoked(tokenId: string): Promise<boolean> {
    const answer = await this.#open('token_revoked', this.#turn.ask('tokenRevoked', { tokenId }));
    return answer?.revoked ?? false;
  }

  /** Successful authentications of an app in the current minute, this one included. */
  async authsThisMinute(app: string): Promise<number> {
    const counted = this.#deps.userRedis.countRate(
      { app, name: 'auth', windowMs: 60_000, call: randomUUID() },
      { deadlineMs: shortMs },
    );
    return (await this.#open('auth_rate', counted))?.count ?? 0;
  }

  /** Changes of tags by an app in the current minute, this one included. */
  async tagChangesThisMinute(app: string): Promise<number> {
    const counted = this.#deps.userRedis.countRate(
      { app, name: 'tag', windowMs: 60_000, call: randomUUID() },
      { deadlineMs: shortMs },
    );
    return (await this.#open('tag_rate', counted))?.count ?? 0;
  }

  /** The name of the quota that has not enough left; null if all have. */
  async takeQuota(claim: QuotaClaim): Promise<string | null> {
    return (await this.#open('take_quota', this.#turn.ask('takeQuota', claim)))?.refused ?? null;
  }

  /** What can't be given back in time is lost to the app until the window ends. */
  async returnQuota(claim: TakenClaim): Promise<void> {
    await this.#open('return_quota', this.#returnQuota.add(claim));
  }

  /** Broadcasts in the app's log; 0 where that can't be learnt. */
  async broadcasts(app: string): Promise<number> {
    return (await this.#open('broadcasts', this.#broadcasts.add({ app })))?.count ?? 0;
  }

  presence(cid: string): Promise<Presence> {
    return this.#open('status', this.#turn.ask('status', { cid }));
  }

  /** Remembered for a minute: it decides about months. */
  async loginTimes(app: string, cid: string): Promise<LoginTimes> {
    const key = `${app}/${cid}`;
    const known = this.#loginTimes.get(key, this.#deps.now());
    if (known?.fresh) return known.value;
    const found = await this.#open('login_times', this.#devices.add({ app, cid }));
    if (found) this.#loginTimes.set(key, found, this.#deps.now());
    return found ?? undefined;
  }

  reserve(id: ReservedId, day: string): Promise<Reservation | undefined> {
    const leaseMs = this.#deps.limits.reservationLeaseMs;
    return this.#open('reserve', this.#turn.ask('reserve', { ...id, day, leaseMs }));
  }

  /** `tokenRevoked`, `presence`, `reserve` and `takeQuota` of a request's pushes, each to one device, as one question. */
  async pushes(
    tokenId: string,
    cids: string[],
    ids: ReservedId[],
    day: string,
    claim: QuotaClaim | undefined,
  ): Promise<Facts> {
    const { reservationLeaseMs: leaseMs } = this.#deps.limits;
    const reserves = ids.map(({ app, requestId, owner }) => ({ app, requestId, owner, day, leaseMs }));
    try {
      return await this.#turn.askPush({ tokenId, cids, reserves, claim });
    } catch (error) {
      for (const lookup of ['token_revoked', 'status', 'reserve'] as const) this.#failedOpen(lookup, error);
      if (claim !== undefined) this.#failedOpen('take_quota', error);
      const unknown = cids.map(() => undefined);
      return { revoked: false, presences: unknown, reservations: unknown, refused: null };
    }
  }

  async settle(id: ReservedId, answer: string): Promise<void> {
    await this.#open('settle', this.#settle.add({ ...id, answer }));
  }

  async release(id: ReservedId): Promise<void> {
    await this.#open('release', this.#release.add(id));
  }

  #open<Answer>(lookup: OpenLookup, asked: Promise<Answer>): Promise<Answer | undefined> {
    return asked.catch((error: unknown) => {
      this.#failedOpen(lookup, error);
      return undefined;
    });
  }

  #failedOpen(lookup: OpenLookup, error: unknown): void {
    this.#deps.metrics.failedOpen(lookup);
    this.#deps.log.debug({ lookup, err: error }, 'look-up failed and is done without');
  }
}

function batched<Item, Result>(
  call: (request: { items: Item[] }, options: { deadlineMs: number }) => Promise<{ results: Result[] }>,
  deadlineMs: number,
  gatherMs = 0,
): Batcher<Item, Result> {
  return new Batcher({
    ...bounds,
    run: async (items) => (await call({ items }, { deadlineMs })).results,
    gatherMs,
  });
}
