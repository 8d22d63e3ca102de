import type { NewRecord } from '../../../services/common/bus/bus.ts';
import { LongwireError } from '../../../services/common/errors.ts';
import type { SavedTask } from '../../../services/common/protocol/saved-task-calls.ts';
import { type App, maxCidsPerAlias } from '../../../services/common/protocol/user-mysql-calls.ts';
import type { Route } from '../../../services/common/protocol/user-redis-calls.ts';
import type { UserMysqlOfApi, UserRedisOfApi } from '../../../services/im/api/deps.ts';
import { FakeSchedules } from './fake-schedules.ts';
import { FakeTags } from './fake-tags.ts';

type Status = { online: boolean; depth: number; attachedAt: number | null; blacklisted?: true };
type Times = { registeredAt: number; lastLoginAt: number | null };

/** A part that can be away: every call then fails as one would that found no instance. */
class Away {
  away = false;

  protected check(): void {
    if (this.away) throw new LongwireError('unavailable', 'no instance answers');
  }
}

/** What user-redis does for the API, in memory. */
export class FakeUserRedis extends Away implements UserRedisOfApi {
  readonly statuses = new Map<string, Status>();
  readonly revoked = new Set<string>();
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
        if (held && held.owner !== owner && held.until > this.#now())
          return { state: 'running' as const, day: held.day };
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
      if (held?.owner === owner) held.answer = answer;
    }
    return { results: items.map(() => ({})) };
  };

  release: UserRedisOfApi['release'] = async ({ items }) => {
    this.#called('release');
    for (const { app, requestId, owner } of items) {
      const key = `${app}/${requestId}`;
      if (this.#requests.get(key)?.owner === owner) this.#requests.delete(key);
    }
    return { results: items.map(() => ({})) };
  };

  countRate: UserRedisOfApi['countRate'] = async ({ app, name, windowMs }) => {
    this.#called('countRate');
    const key = `${app}/${name}/${Math.floor(this.#now() / windowMs)}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return { count };
  };

  takeQuota: UserRedisOfApi['takeQuota'] = async ({ items }) => {
    this.#called('takeQuota');
    return {
      results: items.map(({ app, at, uses }) => {
        const keyOf = (use: { name: string; windowMs: number }) =>
          `${app}/${use.name}/${Math.floor(at / use.windowMs)}`;
        const used = (use: { name: string; windowMs: number }) => this.#counts.get(keyOf(use)) ?? 0;
        const over = uses.find((use) => used(use) + use.amount > use.limit);
        if (!over) for (const use of uses) this.#counts.set(keyOf(use), used(use) + use.amount);
        return { refused: over?.name ?? null };
      }),
    };
  };

  returnQuota: UserRedisOfApi['returnQuota'] = async ({ items }) => {
    this.#called('returnQuota');
    for (const { app, at, uses } of items) {
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

  revokeToken: UserRedisOfApi['revokeToken'] = async ({ tokenId }) => {
    this.#called('revokeToken');
    this.revoked.add(tokenId);
    return {};
  };

  tokenRevoked: UserRedisOfApi['tokenRevoked'] = async ({ items }) => {
    this.#called('tokenRevoked');
    return { results: items.map(({ tokenId }) => ({ revoked: this.revoked.has(tokenId) })) };
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

/** What user-mysql does for the API, in memory. */
export class FakeUserMysql extends Away implements UserMysqlOfApi {
  readonly apps = new Map<string, App>();
  /** Times that an app was looked up. */
  appsRead = 0;
  readonly times = new Map<string, Times>();
  readonly aliases = new Map<string, string>();
  readonly counts = new Map<string, { event: string; count: number }[]>();

  readonly tags = new FakeTags(() => this.check());
  readonly setTags = this.tags.setTags;
  readonly addTag = this.tags.addTag;
  readonly removeTag = this.tags.removeTag;
  readonly tagsOf = this.tags.tagsOf;
  readonly tagPage = this.tags.tagPage;
  readonly tagCount = this.tags.tagCount;

  readonly saved = new Map<string, SavedTask>();
  readonly stopped = new Set<string>();
  readonly schedules = new FakeSchedules(
    () => this.check(),
    (key) => this.stopped.has(key),
  );
  readonly saveSchedules = this.schedules.saveSchedules;
  readonly scheduleOf = this.schedules.scheduleOf;
  readonly cancelSchedule = this.schedules.cancelSchedule;

  readonly details = new Map<string, { platform: string; model: string | null; registeredAt: number; badge: number }>();

  deviceDetails: UserMysqlOfApi['deviceDetails'] = async ({ items }) => {
    this.check();
    return { results: items.map(({ app, cid }) => this.details.get(`${app}/${cid}`) ?? null) };
  };

  changeBadges: UserMysqlOfApi['changeBadges'] = async ({ app, cids, to }) => {
    this.check();
    for (const cid of cids) {
      const detail = this.details.get(`${app}/${cid}`);
      if (detail) detail.badge = 'set' in to ? to.set : Math.max(0, detail.badge + to.add);
    }
    return {};
  };

  readonly blacklist = new Set<string>();

  addToBlacklist: UserMysqlOfApi['addToBlacklist'] = async ({ app, cids }) => {
    this.check();
    for (const cid of cids) this.blacklist.add(`${app}/${cid}`);
    return {};
  };

  takeFromBlacklist: UserMysqlOfApi['takeFromBlacklist'] = async ({ app, cids }) => {
    this.check();
    for (const cid of cids) this.blacklist.delete(`${app}/${cid}`);
    return {};
  };

  blacklisted: UserMysqlOfApi['blacklisted'] = async ({ items }) => {
    this.check();
    return { results: items.map(({ app, cid }) => ({ blacklisted: this.blacklist.has(`${app}/${cid}`) })) };
  };

  app: UserMysqlOfApi['app'] = async ({ appId }) => {
    this.check();
    this.appsRead++;
    const app = this.apps.get(appId);
    return { app: app ? { ...app } : null };
  };

  devices: UserMysqlOfApi['devices'] = async ({ items }) => {
    this.check();
    return { results: items.map(({ app, cid }) => this.times.get(`${app}/${cid}`) ?? null) };
  };

  bindAliases: UserMysqlOfApi['bindAliases'] = async ({ app, list }) => {
    this.check();
    const next = new Map(this.aliases);
    for (const { cid, alias } of list) next.set(`${app}/${cid}`, alias);
    for (const { alias } of list) {
      if (cidsOf(next, app, alias).length > maxCidsPerAlias) {
        throw new LongwireError('conflict', 'too many cids', { field: alias });
      }
    }
    for (const [key, alias] of next) this.aliases.set(key, alias);
    return {};
  };

  unbindAliases: UserMysqlOfApi['unbindAliases'] = async ({ app, list }) => {
    this.check();
    for (const { cid, alias } of list) {
      if (this.aliases.get(`${app}/${cid}`) === alias) this.aliases.delete(`${app}/${cid}`);
    }
    return {};
  };

  dropAlias: UserMysqlOfApi['dropAlias'] = async ({ app, alias }) => {
    this.check();
    for (const cid of cidsOf(this.aliases, app, alias)) this.aliases.delete(`${app}/${cid}`);
    return {};
  };

  aliasesOf: UserMysqlOfApi['aliasesOf'] = async ({ items }) => {
    this.check();
    return { results: items.map(({ app, cid }) => ({ alias: this.aliases.get(`${app}/${cid}`) ?? null })) };
  };

  cidsOf: UserMysqlOfApi['cidsOf'] = async ({ items }) => {
    this.check();
    return { results: items.map(({ app, alias }) => ({ cids: cidsOf(this.aliases, app, alias) })) };
  };

  readonly sums = new Map<string, { event: string; count: number }[]>();
  readonly events = new Map<string, { event: string; at: number }[]>();

  deviceEvents: UserMysqlOfApi['deviceEvents'] = async ({ app, task, cid }) => {
    this.check();
    return { events: this.events.get(`${app}/${task}/${cid}`) ?? [] };
  };

  groupCounts: UserMysqlOfApi['groupCounts'] = async ({ app, group }) => {
    this.check();
    const counts = this.sums.get(`${app}/${group}`);
    return counts ? { counts } : null;
  };

  periodCounts: UserMysqlOfApi['periodCounts'] = async ({ app, from, to }) => {
    this.check();
    return { counts: this.sums.get(`${app}/${from}-${to}`) ?? [] };
  };

  readonly userDays = new Map<string, { total: number; registered: number; active: number; online: number }>();
  readonly online = new Map<string, { at: number; n: number }[]>();

  userDay: UserMysqlOfApi['userDay'] = async ({ app, from }) => {
    this.check();
    return this.userDays.get(`${app}/${from}`) ?? { total: 0, registered: 0, active: 0, online: 0 };
  };

  onlinePoints: UserMysqlOfApi['onlinePoints'] = async ({ app, after }) => {
    this.check();
    return { points: (this.online.get(app) ?? []).filter(({ at }) => at > after) };
  };

  saveTask: UserMysqlOfApi['saveTask'] = async (task) => {
    this.check();
    const key = `${task.app}/${task.task}`;
    if (!this.saved.has(key)) this.saved.set(key, task);
    if (task.madeAt !== undefined) this.schedules.saveMessage(task);
    return { task: this.saved.get(key)! };
  };

  markStopped: UserMysqlOfApi['markStopped'] = async ({ app, task }) => {
    this.check();
    const found = this.saved.get(`${app}/${task}`) ?? null;
    if (found) this.stopped.add(`${app}/${task}`);
    return { task: found };
  };

  savedTask: UserMysqlOfApi['savedTask'] = async ({ app, task }) => {
    this.check();
    const key = `${app}/${task}`;
    return { task: this.saved.get(key) ?? null, stopped: this.stopped.has(key) };
  };

  taskCounts: UserMysqlOfApi['taskCounts'] = async ({ items }) => {
    this.check();
    return {
      results: items.map(({ app, task }) => {
        const counts = this.counts.get(`${app}/${task}`);
        return counts ? { counts: counts as { event: 'target'; count: number }[] } : null;
      }),
    };
  };
}

function cidsOf(aliases: Map<string, string>, app: string, alias: string): string[] {
  return [...aliases]
    .filter(([key, one]) => one === alias && key.startsWith(`${app}/`))
    .map(([key]) => key.split('/')[1]!);
}

/** The accepting side of the bus: keeps what was published. */
export class FakeBus extends Away {
  readonly published: { topic: string; record: NewRecord }[] = [];
  /** Publishing waits for this. */
  gate: Promise<void> = Promise.resolve();
  /** How many calls brought the records. */
  publishes = 0;

  publish = async (topic: string, records: NewRecord[]): Promise<number[]> => {
    await this.gate;
    this.check();
    this.publishes++;
    return records.map((record) => this.published.push({ topic, record }) - 1);
  };

  /** The records of a topic, parsed. */
  records<Value>(topic: string): Value[] {
    return this.published.filter((one) => one.topic === topic).map(({ record }) => JSON.parse(record.value) as Value);
  }
}
