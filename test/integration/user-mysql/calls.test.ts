import { beforeEach, expect, test } from 'vitest';
import type { App } from '../../../services/common/protocol/user-mysql-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import type { Database } from '../../../services/user-mysql/database.ts';
import { noteLogins } from '../../../services/user-mysql/edges/logins.ts';
import { cidOf, cidsOf, migratedDatabase } from './fixtures.ts';

const app = 'app1';
let now = 1_000;
let database: Database;
let calls: ReturnType<typeof createCalls>;

beforeEach(async () => {
  ({ database } = await migratedDatabase());
  calls = createCalls(database, () => now);
});

test('an app reads as it was put, and null before', async () => {
  const one: App = {
    appId: app,
    appKey: 'key',
    masterSecret: "mas'ter\\",
    appSecret: 'secret',
    name: '消息 📣',
    disabled: false,
  };
  expect(await calls.app({ appId: app })).toEqual({ app: null });
  await calls.putApp(one);
  expect(await calls.app({ appId: app })).toEqual({ app: one });
  await calls.putApp({ ...one, name: 'renamed', disabled: true });
  expect(await calls.app({ appId: app })).toEqual({ app: { ...one, name: 'renamed', disabled: true } });
});

test('app ids differ by case', async () => {
  const one = { appKey: 'k', masterSecret: 'm', appSecret: 's', name: '', disabled: false };
  await calls.putApp({ appId: 'App', ...one });
  expect(await calls.app({ appId: 'app' })).toEqual({ app: null });
});

test('devices are registered in a batch of a thousand, and read back in order', async () => {
  const cids = cidsOf(0, 1_000);
  const items = cids.map((cid, index) => ({ app, cid, device: { platform: 'android' as const }, at: index }));
  expect((await calls.registerDevices({ items })).results).toHaveLength(1_000);
  const { results } = await calls.devices({ items: cids.map((cid) => ({ app, cid })) });
  expect(results).toEqual(cids.map((_cid, index) => ({ registeredAt: index, lastLoginAt: null })));
});

test('a device registered again gets the new description and keeps its time', async () => {
  const cid = cidOf(1);
  await calls.registerDevices({ items: [{ app, cid, device: { platform: 'ios', model: 'old' }, at: 5 }] });
  await calls.registerDevices({ items: [{ app, cid, device: { platform: 'web', os: '模型' }, at: 9 }] });
  expect(await calls.devices({ items: [{ app, cid }] })).toEqual({ results: [{ registeredAt: 5, lastLoginAt: null }] });
  expect(await database.rows('SELECT platform, model, os, sdk FROM device')).toEqual([
    { platform: 'web', model: null, os: '模型', sdk: null },
  ]);
});

test('a device of another app is none of this one', async () => {
  await calls.registerDevices({ items: [{ app, cid: cidOf(1), device: { platform: 'ios' }, at: 5 }] });
  const { results } = await calls.devices({
    items: [
      { app: 'app2', cid: cidOf(1) },
      { app, cid: cidOf(1) },
    ],
  });
  expect(results).toEqual([null, { registeredAt: 5, lastLoginAt: null }]);
});

test('logins only raise the last login, of devices that are there', async () => {
  const cids = cidsOf(0, 600);
  const items = cids.map((cid) => ({ app, cid, device: { platform: 'android' as const }, at: 1 }));
  await calls.registerDevices({ items });
  const login = (at: (index: number) => number) =>
    noteLogins(
      database,
      [...cids, cidOf(9_999)].map((cid, index) => ({ app, cid, at: at(index) })),
    );
  await login((index) => 100 + index);
  await login((index) => (index === 3 ? 5_000 : 1));
  const { results } = await calls.devices({ items: [...cids, cidOf(9_999)].map((cid) => ({ app, cid })) });
  expect(results.at(-1)).toBeNull();
  expect(results.slice(0, -1).map((one) => one?.lastLoginAt)).toEqual(
    cids.map((_cid, index) => (index === 3 ? 5_000 : 100 + index)),
  );
});

test('an alias is bound, rebound and unbound; cids come oldest binding first', async () => {
  const [a, b, c] = [cidOf(3), cidOf(2), cidOf(1)];
  now = 10;
  await calls.bindAliases({ app, list: [a, b].map((cid) => ({ cid, alias: '张三' })) });
  now = 20;
  await calls.bindAliases({ app, list: [a, c].map((cid) => ({ cid, alias: '张三' })) });
  expect(
    await calls.cidsOf({
      items: [
        { app, alias: '张三' },
        { app, alias: 'nobody' },
      ],
    }),
  ).toEqual({
    results: [{ cids: [a, b, c] }, { cids: [] }],
  });
  now = 30;
  await calls.bindAliases({ app, list: [{ cid: a, alias: 'other' }] });
  await calls.bindAliases({ app, list: [{ cid: a, alias: '张三' }] });
  expect((await calls.cidsOf({ items: [{ app, alias: '张三' }] })).results).toEqual([{ cids: [b, c, a] }]);

  await calls.unbindAliases({
    app,
    list: [
      { cid: a, alias: 'other' },
      { cid: b, alias: '张三' },
    ],
  });
  expect(await calls.aliasesOf({ items: [a, b, c].map((cid) => ({ app, cid })) })).toEqual({
    results: [{ alias: '张三' }, { alias: null }, { alias: '张三' }],
  });
  await calls.dropAlias({ app, alias: '张三' });
  expect((await calls.cidsOf({ items: [{ app, alias: '张三' }] })).results).toEqual([{ cids: [] }]);
});

test('aliases of one app are none of another’s, and differ by case', async () => {
  await calls.bindAliases({ app, list: [{ cid: cidOf(1), alias: 'Ann' }] });
  await calls.bindAliases({ app: 'app2', list: [{ cid: cidOf(1), alias: 'ann' }] });
  const items = [
    { app, alias: 'ann' },
    { app: 'app2', alias: 'ann' },
    { app, alias: 'Ann' },
    { app, alias: 'Ann ' },
  ];
  expect((await calls.cidsOf({ items })).results.map(({ cids }) => cids.length)).toEqual([0, 1, 1, 1]);
});

test('a list that would put too many cids on one alias binds none, and names the alias', async () => {
  await calls.bindAliases({ app, list: cidsOf(0, 9).map((cid) => ({ cid, alias: 'full' })) });
  const list = [{ cid: cidOf(500), alias: 'fine' }, ...cidsOf(100, 2).map((cid) => ({ cid, alias: 'full' }))];
  await expect(calls.bindAliases({ app, list })).rejects.toMatchObject({ code: 'conflict', field: 'full' });
  const { results } = await calls.cidsOf({
    items: [
      { app, alias: 'fine' },
      { app, alias: 'full' },
    ],
  });
  expect(results).toEqual([{ cids: [] }, { cids: cidsOf(0, 9) }]);
});

test('a thousand bindings pass in one call', async () => {
  const cids = cidsOf(0, 1_000);
  await calls.bindAliases({ app, list: cids.map((cid, index) => ({ cid, alias: `a${index % 100}` })) });
  const { results } = await calls.cidsOf({ items: cids.slice(0, 100).map((_cid, n) => ({ app, alias: `a${n}` })) });
  expect(results.map((one) => one.cids.length)).toEqual(Array(100).fill(10));
});

test('the counts of a task nobody knows are null', async () => {
  expect(await calls.taskCounts({ items: [{ app, task: 'none' }] })).toEqual({ results: [null] });
});
