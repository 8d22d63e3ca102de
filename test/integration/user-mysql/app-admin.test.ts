import { beforeEach, expect, test } from 'vitest';
import type { App } from '../../../services/common/protocol/app.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import type { Database } from '../../../services/user-mysql/database.ts';
import { migratedDatabase } from './fixtures.ts';

const one: App = { appId: 'app1', appKey: 'k', masterSecret: 'm1', appSecret: 's1', name: '消息', disabled: false };
const appId = one.appId;
let now = 1_000;
let database: Database;
let calls: ReturnType<typeof createCalls>;

beforeEach(async () => {
  ({ database } = await migratedDatabase());
  calls = createCalls(database, () => now);
  await calls.createApp(one);
});

test('an app is created once: again it stays as it is, and another of its id is refused', async () => {
  expect(await calls.createApp({ ...one, name: 'other', masterSecret: 'm2' })).toEqual({ app: one });
  await expect(calls.createApp({ ...one, appKey: 'k2' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await calls.app({ appId })).toEqual({ app: one });
});

test('apps are listed in pages, without secrets', async () => {
  for (const id of ['b', 'a', 'C']) await calls.createApp({ ...one, appId: id });
  const page = await calls.listApps({ after: '', limit: 3 });
  expect(page.apps.map((app) => app.appId)).toEqual(['C', 'a', 'app1']);
  expect(page.apps[2]).toEqual({ appId, name: '消息', disabled: false, createdAt: now });
  expect((await calls.listApps({ after: 'app1', limit: 3 })).apps.map((app) => app.appId)).toEqual(['b']);
});

test('a replaced secret is kept for its grace time; the same rotation again changes nothing', async () => {
  const rotate = () => calls.rotateSecret({ appId, which: 'master', secret: 'm2', graceMs: 500 });
  const rotated = { ...one, masterSecret: 'm2', oldMasterSecret: { secret: 'm1', until: 1_500 } };
  expect(await rotate()).toEqual({ app: rotated });
  now = 1_200;
  expect(await rotate()).toEqual({ app: rotated });
  const both = await calls.rotateSecret({ appId, which: 'app', secret: 's2', graceMs: 0 });
  expect(both.app).toEqual({ ...rotated, appSecret: 's2', oldAppSecret: { secret: 's1', until: 1_200 } });
  const third = await calls.rotateSecret({ appId, which: 'master', secret: 'm3', graceMs: 100 });
  expect(third.app?.oldMasterSecret).toEqual({ secret: 'm2', until: 1_300 });
  now = 1_000;
});

test('rotations at the same time leave one secret in use and another in grace', async () => {
  const secrets = ['r1', 'r2', 'r3', 'r4'];
  await Promise.all(secrets.map((secret) => calls.rotateSecret({ appId, which: 'app', secret, graceMs: 500 })));
  const { app } = await calls.app({ appId });
  expect(secrets).toContain(app?.appSecret);
  expect(secrets).toContain(app?.oldAppSecret?.secret);
  expect(app?.oldAppSecret?.secret).not.toBe(app?.appSecret);
});

test('whether any app has a callback URL: not that of a disabled one, nor one that was taken away', async () => {
  const { callbackUrl, ...other } = { ...one, appId: 'app2', callbackUrl: 'https://example.com/receipts' };
  await calls.createApp(other);
  expect(await calls.anyCallback({})).toEqual({ any: false });
  await calls.changeApp({ appId, callbackUrl });
  expect(await calls.anyCallback({})).toEqual({ any: true });
  await calls.changeApp({ appId, disabled: true });
  expect(await calls.anyCallback({})).toEqual({ any: false });
  await calls.changeApp({ appId: 'app2', callbackUrl });
  expect(await calls.anyCallback({})).toEqual({ any: true });
  await calls.changeApp({ appId: 'app2', callbackUrl: null });
  expect(await calls.anyCallback({})).toEqual({ any: false });
});

test('an app is disabled and enabled, and keeps what else was set', async () => {
  const callbackUrl = 'https://example.com/receipts';
  expect((await calls.changeApp({ appId, disabled: true, callbackUrl })).app).toEqual({
    ...one,
    disabled: true,
    callbackUrl,
  });
  expect((await calls.changeApp({ appId, disabled: false })).app).toEqual({ ...one, callbackUrl });
  expect((await calls.changeApp({ appId, callbackUrl: null })).app).toEqual(one);
});

test('quotas change one by one; null puts a default back', async () => {
  await calls.changeApp({ appId, quotas: { pushesPerDay: 5, allPerDay: 1 } });
  expect((await calls.changeApp({ appId, quotas: { allPerDay: null, listPerDay: 0 } })).app?.quotas).toEqual({
    pushesPerDay: 5,
    listPerDay: 0,
  });
  expect((await calls.changeApp({ appId, quotas: { pushesPerDay: null, listPerDay: null } })).app).toEqual(one);
});

test('an app that is not there stays so', async () => {
  expect(await calls.changeApp({ appId: 'none', disabled: true })).toEqual({ app: null });
  expect(await calls.rotateSecret({ appId: 'none', which: 'app', secret: 'x', graceMs: 0 })).toEqual({ app: null });
  expect(await database.rows('SELECT * FROM app_setting')).toEqual([]);
});
