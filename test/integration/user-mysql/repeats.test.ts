import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { busAdminCalls } from '../../../services/common/protocol/bus-admin-calls.ts';
import type { ReceiptRecord } from '../../../services/common/protocol/bus-records.ts';
import { cmCalls } from '../../../services/common/protocol/cm-calls.ts';
import { rebalanceCalls } from '../../../services/common/protocol/rebalance-calls.ts';
import type { Schedule } from '../../../services/common/protocol/schedule-calls.ts';
import { userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import type { Client } from '../../../services/common/rpc/contract.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { Seal } from '../../../services/user-mysql/core/sealed.ts';
import type { Database } from '../../../services/user-mysql/database.ts';
import { createReceiptStore } from '../../../services/user-mysql/edges/receipt-store.ts';
import { cidOf, migratedDatabase } from './fixtures.ts';

type Calls = Client<typeof userMysqlCalls>;
type Request<Name extends keyof Calls> = Parameters<Calls[Name]>[0];

interface Example<Name extends keyof Calls> {
  request: Request<Name>;
  /** What it needs to be there. */
  before?: (calls: Calls, database: Database) => Promise<unknown>;
  /** What a repeat may answer otherwise, and why nobody minds. */
  differs?: { fields: string[]; because: string };
}

/** When the first of two calls is made; the repeat comes `laterMs` after it. */
const at = Date.parse('2026-11-27T08:00:00Z');
const laterMs = 1_500;
const exp = at + 600_000;
const app = 'app1';
const task = 'RASS_1127_task';
const [cid, other] = [cidOf(1), cidOf(2)];
const one = { items: [{ app, cid }] };
const newApp = { appId: app, appKey: 'key', masterSecret: 'm1', appSecret: 'a1', name: 'One', disabled: false };
const channel = {
  kind: 'webpush' as const,
  subscription: { endpoint: 'https://push.example/1', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } },
};
const saved = { app, task, kind: 'list' as const, at, exp, stored: true, content: '{}', group: 'group' };
const job = { app, task, owner: 'owner1', leaseMs: 60_000 };
const list = [{ cid, alias: 'alias' }];
const where = [{ key: 'custom_tag' as const, values: ['tag'], opt: 'or' as const }];

const scheduleOf = (part: string, dueAt: number, end = exp): Schedule => ({
  ...{ app, task, part, madeAt: at, dueAt, exp: end, record: '{}' },
});
const claimed = { owner: 'owner1', limit: 10, leaseMs: 60_000 };

const putApp = (calls: Calls): Promise<unknown> => calls.putApp(newApp);
const register = (calls: Calls): Promise<unknown> =>
  calls.registerDevices({ items: [cid, other].map((each) => ({ app, cid: each, device: { platform: 'web' }, at })) });
const bind = (calls: Calls): Promise<unknown> => calls.bindAliases({ app, list });
const tagged = async (calls: Calls): Promise<void> => {
  await register(calls);
  await calls.addTag({ app, tag: 'tag', cids: [cid, other] });
};
const subscribed = async (calls: Calls): Promise<void> => {
  await register(calls);
  await calls.setChannel({ app, cid, ...channel });
};
const save = (calls: Calls): Promise<unknown> => calls.saveTask(saved);
const stopped = async (calls: Calls): Promise<void> => {
  await save(calls);
  await calls.markStopped({ app, task });
};
const openJob = (calls: Calls): Promise<unknown> => calls.openTagJob({ app, task, record: '{}' });
const heldJob = async (calls: Calls): Promise<void> => {
  await openJob(calls);
  await calls.claimTagJobs(claimed);
};
const online = (calls: Calls): Promise<unknown> => calls.noteOnline({ items: [{ app, at, node: 'n1', n: 3 }] });
/** One that is due, one that has expired, and one whose task was stopped. */
const due = async (calls: Calls): Promise<void> => {
  const ended = { ...saved, task: 'RASS_1127_stopped' };
  await calls.saveTask(ended);
  await calls.markStopped({ app, task: ended.task });
  const items = [scheduleOf('', at), scheduleOf('e', at - 2, at - 1), { ...scheduleOf('', at), task: ended.task }];
  await calls.saveSchedules({ items });
};
const taken = async (calls: Calls): Promise<void> => {
  await due(calls);
  await calls.claimSchedules(claimed);
};
/** What the consumer of receipts writes. */
const received = async (calls: Calls, database: Database): Promise<void> => {
  await save(calls);
  const receipt: ReceiptRecord = { kind: 'event', app, task, event: 'custom:90001', at, cids: [cid], group: 'group' };
  await createReceiptStore(database, { group: 'g', topic: 't' }, () => at).apply(0, [{ offset: 0, receipt }]);
};

const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo';
const account = { name: 'alice', passwordHash, mustChange: true };
const tokenHash = 'ab'.repeat(32);
const attempt = 'attempt-1';
const audited = {
  ...{ uid: 'uid-of-one', at, operator: 'alice', action: 'changeApp', app, target: null },
  ...{ result: 'done' as const, address: '192.0.2.1', detail: '{}' },
};
const open = { id: '1', tokenHash, lastsMs: 60_000, address: '192.0.2.1', countedAddress: '192.0.2.1' };
const operators = async (calls: Calls): Promise<void> => {
  await calls.createFirstOperator({ ...account, name: 'admin' });
  await calls.createOperator({ ...account, rights: [{ right: 'sender', app }] });
};
const tried = async (calls: Calls): Promise<void> => {
  await operators(calls);
  await calls.beginSignIn({ name: 'admin', address: '192.0.2.1', attempt: 'attempt-0' });
  await calls.beginSignIn({ name: 'admin', address: '192.0.2.1', attempt });
};
const signedIn = async (calls: Calls): Promise<void> => {
  await tried(calls);
  await calls.openSession(open);
};

const seal = new Seal(['key-of-the-deployment']);
const oppo = { kind: 'oppo' as const, credentials: { appKey: 'k', masterSecret: 's' } };
const withChannel = async (calls: Calls): Promise<void> => {
  await putApp(calls);
  await calls.setAppChannel({ appId: app, channel: oppo });
};

/** One of every call: a call that is new fails to compile, and the test below, until it has one. */
const examples: { [Name in keyof Calls]: Example<Name> } = {
  app: { request: { appId: app }, before: putApp },
  anyCallback: { request: {}, before: putApp },
  putApp: { request: { ...newApp, name: 'Two' }, before: putApp },
  createApp: { request: newApp },
  listApps: { request: { after: '', limit: 10 }, before: putApp },
  rotateSecret: { request: { appId: app, which: 'master', secret: 'm2', graceMs: 60_000 }, before: putApp },
  changeApp: { request: { appId: app, disabled: true, quotas: { pushesPerDay: 5 } }, before: putApp },
  setAppChannel: { request: { appId: app, channel: oppo }, before: putApp },
  removeAppChannel: { request: { appId: app, kind: 'oppo' }, before: withChannel },
  appChannels: { request: { appId: app }, before: withChannel },
  appCredentials: { request: { appId: app }, before: withChannel },
  registerDevices: { request: { items: [{ app, cid, device: { platform: 'web' }, at }] } },
  devices: { request: one, before: register },
  deviceDetails: { request: one, before: register },
  changeBadges: { request: { app, cids: [cid, other], change: 'change-2', to: { add: 2 } }, before: register },
  addToBlacklist: { request: { app, cids: [cid] } },
  takeFromBlacklist: { request: { app, cids: [cid] }, before: (calls) => calls.addToBlacklist({ app, cids: [cid] }) },
  blacklisted: { request: one, before: (calls) => calls.addToBlacklist({ app, cids: [cid] }) },
  bindAliases: { request: { app, list } },
  unbindAliases: { request: { app, list }, before: bind },
  dropAlias: { request: { app, alias: 'alias' }, before: bind },
  aliasesOf: { request: one, before: bind },
  cidsOf: { request: { items: [{ app, alias: 'alias' }] }, before: bind },
  setChannel: { request: { app, cid, ...channel }, before: register },
  dropChannels: { request: { items: [{ app, cid, channel }] }, before: subscribed },
  channelsOf: { request: one, before: subscribed },
  setTags: { request: { app, cid, tags: ['tag', 'more'] }, before: tagged },
  addTag: { request: { app, tag: 'tag', cids: [cid, cidOf(9)] }, before: register },
  removeTag: { request: { app, tag: 'tag', cids: [cid] }, before: tagged },
  tagsOf: { request: one, before: tagged },
  tagPage: { request: { app, where, after: null, limit: 1 }, before: tagged },
  tagCount: { request: { app, where, after: null }, before: tagged },
  saveTask: { request: { ...saved, madeAt: at } },
  savedTask: { request: { app, task }, before: stopped },
  markStopped: { request: { app, task }, before: save },
  stoppedTasks: { request: { after: null, limit: 10 }, before: stopped },
  saveSchedules: { request: { items: [scheduleOf('', at)] } },
  claimSchedules: {
    request: claimed,
    before: due,
    differs: {
      fields: ['expired', 'stopped'],
      because: 'they only count what this very claim has ended, for a metric',
    },
  },
  finishSchedules: { request: { owner: 'owner1', sent: [{ app, task, part: '' }] }, before: taken },
  scheduleOf: { request: { app, task }, before: taken },
  cancelSchedule: {
    request: { app, task, noticeMs: 1_000 },
    before: (calls) => calls.saveTask({ ...saved, at: at + 60_000, madeAt: at }),
  },
  listTasks: { request: { app, after: null, limit: 10 }, before: save },
  taskDetail: { request: { app, task }, before: received },
  taskDevices: { request: { app, task, after: null, limit: 10 }, before: received },
  deviceHistory: { request: { app, cid, after: null }, before: received },
  listDevices: { request: { app, after: null, limit: 10 }, before: register },
  openTagJob: { request: { app, task, record: '{}' } },
  claimTagJobs: { request: claimed, before: openJob },
  advanceTagJob: { request: { ...job, page: 0, until: cid }, before: heldJob },
  holdTagJob: { request: job, before: heldJob },
  finishTagJob: { request: { app, task, owner: job.owner }, before: heldJob },
  deviceEvents: { request: { app, task, cid }, before: received },
  taskCounts: { request: { items: [{ app, task }] }, before: received },
  groupCounts: { request: { app, group: 'group' }, before: received },
  periodCounts: { request: { app, from: at - 1, to: at + 1 }, before: received },
  userDay: { request: { app, from: Date.parse('2026-11-27T00:00:00Z') }, before: register },
  noteOnline: { request: { items: [{ app, at, node: 'n1', n: 3 }] } },
  onlinePoints: { request: { app, after: at - 1 }, before: online },
  appSummaries: { request: { items: [{ appId: app }, { appId: 'other' }] }, before: putApp },
  listOperators: { request: { after: null, limit: 10 }, before: operators },
  createOperator: { request: { ...account, rights: [{ right: 'viewer', app: '*' }] } },
  createFirstOperator: { request: account },
  changeOperator: { request: { id: '2', disabled: true, rights: [{ right: 'admin', app }] }, before: operators },
  setOperatorPassword: {
    request: { id: '1', passwordHash: `${passwordHash}2`, mustChange: false, keep: null },
    before: signedIn,
  },
  beginSignIn: { request: { name: 'admin', address: '192.0.2.1', attempt }, before: operators },
  openSession: { request: open, before: tried },
  findSession: {
    request: { tokenHash, idleMs: 30_000 },
    before: signedIn,
    differs: { fields: ['expiresAt'], because: 'each call is a use, from which the time without one begins anew' },
  },
  closeSession: { request: { tokenHash }, before: signedIn },
  putOidcOperator: { request: { subject: 'cd'.repeat(32), name: 'bob', rights: [{ right: 'viewer', app: '*' }] } },
  addAudit: { request: { items: [audited, { ...audited, uid: 'uid-of-two' }] } },
  listAudit: { request: { before: null, limit: 10 }, before: (calls) => calls.addAudit({ items: [audited] }) },
};

/** Calls that aren't walked, and why: a call that is new has to be named here, or walked. */
const read = 'it reads';
const ends = 'by contract a repeat answers not_found once the first has ended it: whoever operates the bus sees that';
const unstored =
  'it leaves nothing in a store: a node offers to connections, and passes those over that it does not have';
const exempt: Record<keyof typeof busAdminCalls | keyof typeof cmCalls | keyof typeof rebalanceCalls, string> = {
  ...{ busGroups: read, deadLetters: read, deadLetter: read },
  ...{ forgetBusGroup: ends, putBackDeadLetter: ends, dropDeadLetter: ends },
  ...{ deliver: unstored, hint: unstored, tail: unstored, kick: unstored },
  ...{ load: unstored, shed: 'a round is done once: a repeat tells nobody', rebalance: unstored, rebalancing: read },
};

/** Columns that a repeat may move: until when a lease is held, and when a subscription was set last, which nothing reads. */
const moving: Record<string, string[]> = { tag_job: ['lease_until'], schedule: ['free_at'], channel: ['set_at'] };

/** Every row of every table. */
async function stateOf(database: Database): Promise<Record<string, string[]>> {
  const tables = await database.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name',
  );
  const state: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await database.rows<Record<string, unknown>>(`SELECT * FROM \`${name}\``);
    state[name] = rows.map((row) => JSON.stringify(without(row, moving[name] ?? []))).sort();
  }
  return state;
}

function without(answer: unknown, fields: string[]): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value: unknown) => (fields.includes(name) ? undefined : value)));
}

describe('a call that is repeated, as its answer was lost, answers as once and leaves what once leaves', () => {
  test('there is an example of every call, as its contract has it', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(userMysqlCalls).sort());
    for (const name of Object.keys(examples) as (keyof Calls)[]) {
      expect(Check(userMysqlCalls[name].request, examples[name].request), name).toBe(true);
    }
  });

  test('calls to the bus and to CM nodes are exempt by name, each with its reason', () => {
    expect(Object.keys(exempt).sort()).toEqual(Object.keys({ ...busAdminCalls, ...cmCalls, ...rebalanceCalls }).sort());
  });

  test.each(Object.keys(examples) as (keyof Calls)[])('%s', async (name) => {
    const { request, before, differs } = examples[name] as Example<keyof Calls>;
    const { database } = await migratedDatabase();
    let now = at;
    const calls = createCalls(database, () => now, { seal, log: { error: () => {} } });
    await before?.(calls, database);
    const call = calls[name] as (given: unknown) => Promise<unknown>;
    const first = await call(request);
    const after = await stateOf(database);
    // A repeat comes later, so what takes its time from the clock shows.
    now += laterMs;
    const second = await call(request);
    const ignored = differs?.fields ?? [];
    expect(without(second, ignored)).toEqual(without(first, ignored));
    expect(await stateOf(database)).toEqual(after);
  });
});
