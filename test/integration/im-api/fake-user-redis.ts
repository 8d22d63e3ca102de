import { LongwireError } from '../../../services/common/errors.ts';
import type { Route } from '../../../services/common/protocol/user-redis-calls.ts';
import type { UserRedisOfApi } from '../../../services/im/api/deps.ts';
import { Away } from './away.ts';

type Status = { online: boolean; depth: number; attachedAt: number | null; blacklisted?: true };

/** What user-redis does for the API, in memory. */
export class FakeUserRedis extends Away implements UserRedisOfApi {
  readonly statuses = new Map<string, Status>();
  /** Tokens, and until when they would have been good. */
  readonly revoked = new Map<string, number>();
  /** Connections of devices. */
  readonly connections = new Map<string, Route>();
  readonly calls: string[] = [];
  #requests = new Map<string, { owner: string; day: string; until: number; answer?: string }>();
  #counts = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    super();
    this.#now = now;
  }

  /** False of a version that doesn't know the call. */
  knowsAccept = true;

  accept: UserRedisOfApi['accept'] = async ({ status, reserve, tokenRevoked, takeQuota }) => {
    if (!this.knowsAccept) throw new LongwireError('not_found', 'no such call');
    return {
      ...(status ? { status: await this.status(status) } : {}),
      ...(reserve ? { reserve: await this.reserve(reserve) } : {}),
      ...(tokenRevoked ? { tokenRevoked: await this.tokenRevoked(tokenRevoked) } : {}),
      ...(takeQuota ? { takeQuota: await this.takeQuota(takeQuota) } : {}),
    };
  };

  status: UserRedisOfApi['status'] = async ({ items }) => {
    this.#called('status');
    return { results: items.map(({ cid }) => this.statuses.get(cid) ?? { online: false, depth: 0, attachedAt: null }) };
  };

  /** How many broadcasts each app's log has. */
  readonly broadcasts = new Map<string, number>();

  broadcastCounts: UserRedisOfApi['broadcastCounts'] = async ({ items }) => {
    this.#called('broadcastCounts');
    return { results: items.map(({ app }) => ({ count: this.broadcasts.get(app) ?? 0 })) };
  };

  markBlacklisted: UserRedisOfApi['markBlacklisted'] = async ({ items }) => {
    this.#called('markBlacklisted');
    return {
      results: items.map(({ cid, blacklisted }) => {
        const { blacklisted: _, ...status } = this.statuses.get(cid) ?? { online: false, depth: 0, attachedAt: null };
        this.statuses.set(cid, blacklisted ? { ...status, online: false, blacklisted } : status);
        return { connection: (blacklisted && this.connections.get(cid)) || null };
      }),
    };
  };

  reserve: UserRedisOfApi['reserve'] = async ({ items }) => {
    this.#called('reserve');
    return {
      results: items.map(({ app, requestId, owner, day, leaseMs }) => {
        const key = `${app}/${requestId}`;
        const held = this.#requests.get(key);
        const mark = held?.owner.split(':')[2];
        const marked = mark === undefined ? {} : { mark };
        if (held?.answer !== undefined) {
          return { state: 'done' as const, day: held.day, answer: held.answer, ...marked };
        }
        if (held && held.owner !== owner && held.until > this.#now()) {
          return { state: 'running' as const, day: held.day, ...marked };
        }
        const taken = { owner, day: held?.day ?? day, until: this.#now() + leaseMs };
        this.#requests.set(key, taken);
        return { state: 'mine' as const, day: taken.day };
      }),
    };
  };

  /** As if 24 h had passed. */
  forgetRequests(): void {
    this.#requests.clear();
  }

  settle: UserRedisOfApi['settle'] = async ({ items }) => {
    this.#called('settle');
    for (const { app, requestId, owner, answer } of items) {
      const held = this.#requests.get(`${app}/${requestId}`);
      if (held?.owner === owner) held.answer ??= answer;
    }
    return { results: items.map(() => ({})) };
  };

  release: UserRedisOfApi['release'] = async ({ items }) => {
    this.#called('release');
    for (const { app, requestId, owner } of items) {
      const held = this.#requests.get(`${app}/${requestId}`);
      // The day stays: a repeat after midnight is the same task.
      if (held?.owner === owner && held.answer === undefined) Object.assign(held, { owner: '-', until: 0 });
    }
    return { results: items.map(() => ({})) };
  };

  #rateCalls = new Set<string>();

  countRate: UserRedisOfApi['countRate'] = async ({ app, name, windowMs, call }) => {
    this.#called('countRate');
    const key = `${app}/${name}/${Math.floor(this.#now() / windowMs)}`;
    const isRepeat = call !== undefined && this.#rateCalls.has(call);
    if (call !== undefined) this.#rateCalls.add(call);
    const count = (this.#counts.get(key) ?? 0) + (isRepeat ? 0 : 1);
    this.#counts.set(key, count);
    return { count };
  };

  /** Claims that were taken, and parts that were given back, by id. */
  #taken = new Set<string>();
  #returnedParts = new Set<string>();

  takeQuota: UserRedisOfApi['takeQuota'] = async ({ items }) => {
    this.#called('takeQuota');
    return {
      results: items.map(({ app, id, at, uses }) => {
        if (this.#taken.has(id)) return { refused: null };
        const keyOf = (use: { name: string; windowMs: number }) =>
          `${app}/${use.name}/${Math.floor(at / use.windowMs)}`;
        const used = (use: { name: string; windowMs: number }) => this.#counts.get(keyOf(use)) ?? 0;
        const over = uses.find((use) => used(use) + use.amount > use.limit);
        if (!over) {
          this.#taken.add(id);
          for (const use of uses) this.#counts.set(keyOf(use), used(use) + use.amount);
        }
        return { refused: over?.name ?? null };
      }),
    };
  };

  returnQuota: UserRedisOfApi['returnQuota'] = async ({ items }) => {
    this.#called('returnQuota');
    for (const { app, id, at, uses, part } of items) {
      const isHeld = part ? !this.#returnedParts.has(id) : this.#taken.delete(id);
      if (part) this.#returnedParts.add(id);
      if (!isHeld) continue;
      for (const { name, windowMs, amount } of uses) {
        const key = `${app}/${name}/${Math.floor(at / windowMs)}`;
        this.#counts.set(key, (this.#counts.get(key) ?? 0) - amount);
      }
    }
    return { results: items.map(() => ({})) };
  };

  quotaUsed: UserRedisOfApi['quotaUsed'] = async ({ items }) => {
    this.#called('quotaUsed');
    return {
      results: items.map(({ app, at, name, windowMs }) => ({
        used: this.#counts.get(`${app}/${name}/${Math.floor(at / windowMs)}`) ?? 0,
      })),
    };
  };

  revokeToken: UserRedisOfApi['revokeToken'] = async ({ tokenId, until }) => {
    this.#called('revokeToken');
    this.revoked.set(tokenId, until);
    return {};
  };

  tokenRevoked: UserRedisOfApi['tokenRevoked'] = async ({ items }) => {
    this.#called('tokenRevoked');
    return { results: items.map(({ tokenId }) => ({ revoked: (this.revoked.get(tokenId) ?? 0) > this.#now() })) };
  };

  readonly stopped: { task: string; until: number }[] = [];

  stopTasks: UserRedisOfApi['stopTasks'] = async ({ items }) => {
    this.#called('stopTasks');
    this.stopped.push(...items);
    return { results: items.map(() => ({})) };
  };

  #called(name: string): void {
    this.check();
    this.calls.push(name);
  }
}
