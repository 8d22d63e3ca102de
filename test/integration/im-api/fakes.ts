import type { NewRecord } from '../../../services/common/bus/bus.ts';
import { LongwireError } from '../../../services/common/errors.ts';
import type { SavedTask } from '../../../services/common/protocol/saved-task-calls.ts';
import { type App, maxCidsPerAlias } from '../../../services/common/protocol/user-mysql-calls.ts';
import type { UserMysqlOfApi } from '../../../services/im/api/deps.ts';
import { Away } from './away.ts';
import { FakeSchedules } from './fake-schedules.ts';
import { FakeTags } from './fake-tags.ts';

type Times = { registeredAt: number; lastLoginAt: number | null };

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
