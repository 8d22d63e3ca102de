import { beforeEach, expect, test } from 'vitest';
import { maxSessions } from '../../../services/common/protocol/operator-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import type { Database } from '../../../services/user-mysql/database.ts';
import { cleanUp } from '../../../services/user-mysql/edges/clean-up.ts';
import { migratedDatabase } from './fixtures.ts';

const dayMs = 86_400_000;
const hashOf = (password: string): string => `$argon2id$v=19$m=19456,t=2,p=1$${password.padEnd(24, 'A')}$hash`;
const tokenOf = (n: number): string => n.toString(16).padStart(64, '0');
const address = '192.0.2.1';
let now = Date.UTC(2026, 10, 29);
let database: Database;
let calls: ReturnType<typeof createCalls>;
let attempts = 0;

beforeEach(async () => {
  ({ database } = await migratedDatabase());
  now = Date.UTC(2026, 10, 29);
  calls = createCalls(database, () => now);
});

const first = (name = 'admin') => calls.createFirstOperator({ name, passwordHash: hashOf('one'), mustChange: true });
const add = (name: string, app = '*', right: 'viewer' | 'sender' | 'admin' = 'viewer') =>
  calls.createOperator({ name, passwordHash: hashOf(name), mustChange: false, rights: [{ right, app }] });
const begin = (name: string, from: string | null = address) =>
  calls.beginSignIn({ name, address: from, attempt: `attempt-${attempts++}` });
const open = (id: string, n: number) =>
  calls.openSession({ id, tokenHash: tokenOf(n), lastsMs: 3_600_000, address, countedAddress: address });
const find = async (n: number, idleMs = 600_000) =>
  (await calls.findSession({ tokenHash: tokenOf(n), idleMs })).session;

test('the first operator is made once, also by several instances at the same time', async () => {
  const made = await Promise.all(['admin', 'admin', 'root'].map((name) => first(name).catch(() => undefined)));
  const { operators } = await calls.listOperators({ after: null, limit: 10 });
  expect(operators).toHaveLength(1);
  expect(operators[0]).toMatchObject({ rights: [{ right: 'admin', app: '*' }], disabled: false, source: 'password' });
  expect(made.some((one) => one?.operator)).toBe(true);
  const other = operators[0]?.name === 'admin' ? 'root' : 'admin';
  expect(await first(other)).toEqual({ operator: null });
});

test('an operator of another password is not the first one', async () => {
  await first();
  const again = await calls.createFirstOperator({ name: 'admin', passwordHash: hashOf('two'), mustChange: false });
  expect(again).toEqual({ operator: null });
});

test('a name is one account, whatever its case; the greatest right of an app is kept', async () => {
  const rights = [
    { right: 'viewer' as const, app: 'a' },
    { right: 'sender' as const, app: 'a' },
    { right: 'viewer' as const, app: '*' },
  ];
  const { operator } = await calls.createOperator({
    ...{ name: 'Alice', passwordHash: hashOf('x'), mustChange: false, rights },
  });
  expect(operator.rights).toEqual([
    { right: 'viewer', app: '*' },
    { right: 'sender', app: 'a' },
  ]);
  await expect(add('alice')).rejects.toMatchObject({ code: 'conflict', field: 'name' });
  expect((await begin('ALICE')).operator?.id).toBe(operator.id);
});

test('operators are listed in pages by their ids', async () => {
  for (const name of ['c', 'a', 'b']) await add(name);
  const one = await calls.listOperators({ after: null, limit: 2 });
  expect(one.operators.map(({ name }) => name)).toEqual(['c', 'a']);
  const two = await calls.listOperators({ after: one.operators[1]!.id, limit: 2 });
  expect(two.operators.map(({ name }) => name)).toEqual(['b']);
});

test('the last admin of all apps can neither be disabled nor made less, also by two who do it to each other', async () => {
  const { operator: one } = await first();
  await add('viewer');
  await expect(calls.changeOperator({ id: one!.id, disabled: true })).rejects.toMatchObject({ code: 'conflict' });
  await expect(calls.changeOperator({ id: one!.id, rights: [] })).rejects.toMatchObject({ code: 'conflict' });
  const { operator: two } = await add('second', '*', 'admin');
  const ended = await Promise.allSettled([
    calls.changeOperator({ id: one!.id, rights: [{ right: 'viewer', app: '*' }] }),
    calls.changeOperator({ id: two.id, disabled: true }),
  ]);
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('ten tries lock a name for a quarter of an hour, whether an operator has it or not', async () => {
  await first();
  for (const name of ['admin', 'nobody']) {
    for (let tries = 0; tries < 10; tries++) expect((await begin(name)).locked).toBeNull();
    expect((await begin(name)).locked).toEqual({ by: 'name', until: now + 900_000 });
    expect(await begin(name.toUpperCase())).toMatchObject({ locked: { by: 'name' }, passwordHash: null });
  }
  now += 900_001;
  expect((await begin('admin')).locked).toBeNull();
});

test('twenty tries at the same time get no more than ten', async () => {
  await first();
  const answers = await Promise.all(Array.from({ length: 20 }, () => begin('admin')));
  expect(answers.filter(({ locked }) => locked === null)).toHaveLength(10);
});

test('a success begins a name anew, and gives an address back one try', async () => {
  const { operator } = await first();
  for (let tries = 0; tries < 9; tries++) await begin('admin');
  await begin('admin');
  await open(operator!.id, 1);
  for (let tries = 0; tries < 10; tries++) expect((await begin('admin')).locked).toBeNull();
  expect((await begin('admin')).locked).not.toBeNull();
});

test('fifty tries lock an address, whatever the names, and leave no row for later names', async () => {
  for (let tries = 0; tries < 50; tries++) expect((await begin(`name${tries}`)).locked).toBeNull();
  const rows = () => database.rows('SELECT key_hash FROM sign_in_try');
  const before = (await rows()).length;
  expect((await begin('another')).locked).toMatchObject({ by: 'address' });
  expect(await rows()).toHaveLength(before);
  expect((await begin('another', '198.51.100.1')).locked).toBeNull();
  expect((await begin('yet-another', null)).locked).toBeNull();
});

test('a session ends with its time, without use, when it is closed, and when its operator is disabled', async () => {
  const { operator } = await first();
  const { operator: other } = await add('other');
  expect((await open(operator!.id, 1)).expiresAt).toBe(now + 3_600_000);
  expect(await find(1)).toMatchObject({ operator: { name: 'admin', lastSignInAt: now }, mustChange: true });
  for (let minute = 0; minute < 59; minute++) {
    now += 60_000;
    expect(await find(1)).not.toBeNull();
  }
  now += 60_000;
  expect(await find(1)).toBeNull();
  await open(other.id, 2);
  now += 600_000;
  expect(await find(2)).toBeNull();
  await open(other.id, 3);
  await calls.closeSession({ tokenHash: tokenOf(3) });
  expect(await find(3)).toBeNull();
  await open(other.id, 4);
  await calls.changeOperator({ id: other.id, disabled: true });
  expect(await find(4)).toBeNull();
  expect((await open(other.id, 5)).operator).toBeNull();
});

test('of too many sessions the oldest ends', async () => {
  const { operator } = await first();
  for (let n = 0; n <= maxSessions; n++) {
    now += 1;
    await open(operator!.id, n);
  }
  expect(await find(0)).toBeNull();
  expect(await find(1)).not.toBeNull();
  expect(await find(maxSessions)).not.toBeNull();
});

test('a new password ends all other sessions and the lock', async () => {
  const { operator } = await first();
  await open(operator!.id, 1);
  await open(operator!.id, 2);
  for (let tries = 0; tries < 11; tries++) await begin('admin');
  const change = { id: operator!.id, passwordHash: hashOf('new'), mustChange: false, keep: tokenOf(2) };
  await calls.setOperatorPassword(change);
  expect(await find(1)).toBeNull();
  expect(await find(2)).toMatchObject({ mustChange: false });
  expect(await begin('admin')).toMatchObject({ locked: null, passwordHash: hashOf('new') });
});

test('an operator of an identity provider has no password, gets the rights of each sign-in, and no other’s name', async () => {
  const subject = 'ab'.repeat(32);
  const put = (name: string, right: 'viewer' | 'admin', of = subject) =>
    calls.putOidcOperator({ subject: of, name, rights: [{ right, app: '*' }] });
  const { operator } = await put('bob@example.com', 'viewer');
  expect(operator).toMatchObject({ source: 'oidc', rights: [{ right: 'viewer', app: '*' }] });
  expect((await put('bob@example.com', 'admin')).operator).toMatchObject({
    ...{ id: operator.id, rights: [{ right: 'admin', app: '*' }] },
  });
  expect((await begin('bob@example.com')).passwordHash).toBeNull();
  const change = { id: operator.id, passwordHash: hashOf('new'), mustChange: false, keep: null };
  expect(await calls.setOperatorPassword(change)).toEqual({ operator: null });
  await add('carol');
  await expect(put('carol', 'admin', 'cd'.repeat(32))).rejects.toMatchObject({ code: 'conflict', field: 'name' });
  const { operators } = await calls.listOperators({ after: null, limit: 10 });
  expect(operators.find(({ name }) => name === 'carol')?.rights).toEqual([{ right: 'viewer', app: '*' }]);
});

test('the audit log is read newest first, by operator, action and app, in pages; old rows go', async () => {
  const row = (n: number) => ({
    ...{
      uid: `uid-number-${n}`,
      at: now,
      operator: n % 2 === 0 ? 'alice' : null,
      action: n < 2 ? 'signIn' : 'changeApp',
    },
    ...{ app: n < 2 ? null : 'app1', target: '<b>', result: 'done' as const, address, detail: '{"n":1}' },
  });
  await calls.addAudit({ items: [0, 1, 2, 3, 4].map(row) });
  await calls.addAudit({ items: [row(4)] });
  const ids = async (more: object = {}, before: string | null = null, limit = 10) =>
    (await calls.listAudit({ before, limit, ...more })).rows.map(({ id }) => Number(id));
  const all = await ids();
  expect(all).toHaveLength(5);
  expect(all).toEqual([...all].sort((left, right) => right - left));
  expect(await ids({}, String(all[1]), 2)).toEqual(all.slice(2, 4));
  expect(await ids({ operator: 'Alice' })).toHaveLength(3);
  expect(await ids({ action: 'signIn' })).toHaveLength(2);
  expect(await ids({ app: 'app1', operator: 'alice' })).toHaveLength(2);
  const options = { historyDays: 400, slackMs: dayMs, stopping: () => false };
  await cleanUp(database, { ...options, now: () => now + 399 * dayMs });
  expect(await ids()).toHaveLength(5);
  await cleanUp(database, { ...options, now: () => now + 401 * dayMs });
  expect(await ids()).toEqual([]);
});
