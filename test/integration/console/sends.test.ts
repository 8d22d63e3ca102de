import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../rigs/process.ts';
import { cidOf } from '../user-mysql/fixtures.ts';
import { ConsoleRig, type Visitor } from './rig.ts';

const app = 'demo';
const message = { notification: { title: '🎉'.repeat(50), body: '<script>alert(1)</script>', click_type: 'none' } };
const order = (audience: object, more: object = {}) => ({ audience, message, requestId: 'console-00000001', ...more });
const all = order({ kind: 'all' });

async function rigAt(imUrl: string): Promise<{ rig: ConsoleRig; sender: Visitor }> {
  const rig = await ConsoleRig.start({ LONGWIRE_IM_URL: imUrl, LONGWIRE_PUBLIC_API_URL: 'https://push.example' });
  await rig.addApp(app);
  return { rig, sender: await rig.visitor('sender', [{ right: 'sender', app }]) };
}
const nobody = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

/** An API that answers what it is told to, and notes what it was asked. */
async function api(answer: (path: string) => { status?: number; body: unknown }) {
  const asked: { path: string; token: string | undefined; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const path = request.url!.replace(`/v2/${app}`, '');
    asked.push({ path, token: request.headers['token'] as string | undefined, body: JSON.parse(text) });
    const { status = 200, body } = answer(path);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const token = (text: string) => ({
  code: 0,
  msg: 'success',
  data: { token: text, expire_time: String(Date.now() + 3_600_000) },
});

test('whom a push would go to is counted, of all, of tags and of aliases', async () => {
  const { rig, sender } = await rigAt(await nobody());
  const cids = [1, 2, 3].map(cidOf);
  await rig.mysql.registerDevices({
    items: cids.map((cid) => ({ app, cid, device: { platform: 'web' }, at: rig.now() })),
  });
  await rig.mysql.addTag({ app, tag: 'vip', cids: cids.slice(0, 2) });
  await rig.mysql.bindAliases({ app, list: [{ cid: cids[0]!, alias: 'ada' }] });
  const check = async (audience: object) => (await sender.call('checkPush', { body: order(audience) })).body;
  expect(await check({ kind: 'all' })).toMatchObject({ faults: [], estimate: 3 });
  const rules = [{ key: 'custom_tag', values: ['vip'], opt_type: 'or' }];
  expect(await check({ kind: 'tag', rules })).toMatchObject({ faults: [], estimate: 2 });
  expect(await check({ kind: 'alias', values: ['ada', 'bob'] })).toMatchObject({
    ...{ faults: [{ field: 'audience.values[1]' }], estimate: 1, curl: null },
  });
  expect((await check({ kind: 'all' }))['curl']).toContain("'https://push.example/v2/demo/push/all'");
});

test('a form is checked while user-mysql is away; whom it would go to nobody knows then', async () => {
  const { rig, sender } = await rigAt(await nobody());
  // The session was looked up by then.
  await sender.call('checkPush', { body: all });
  rig.away.add('user-mysql');
  const { status, body } = await sender.call('checkPush', { body: { ...all, requestId: 'short' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    faults: [{ field: 'requestId', allowed: expect.stringContaining('10') }],
    estimate: null,
  });
});

test('an upstream API that is away, or answers nonsense, is named as im', async () => {
  const { sender } = await rigAt(await nobody());
  expect(await sender.call('push', { body: all })).toMatchObject({
    status: 503,
    error: { code: 'unavailable', role: 'im' },
  });
  const { url } = await api(() => ({ status: 502, body: '<html>' }));
  const other = await rigAt(url);
  expect((await other.sender.call('push', { body: all })).error).toMatchObject({ code: 'unavailable', role: 'im' });
});

test('a token is got once, and anew when it is not taken any more; what the API refuses is passed on', async () => {
  let tokens = 0;
  let answer: { status?: number; body: unknown } = {
    body: { code: 0, msg: 'success', data: { taskid: 'RASA_1129_x' } },
  };
  const { url, asked } = await api((path) => {
    if (path === '/auth') return { body: token(`token-${++tokens}`) };
    return asked.at(-1)!.token === 'token-1' && tokens === 1 && pushes++ > 0
      ? { status: 401, body: { code: 10001, msg: 'token is wrong' } }
      : answer;
  });
  let pushes = 0;
  const { rig, sender } = await rigAt(url);
  expect((await sender.call('push', { body: all })).body).toEqual({ taskId: 'RASA_1129_x' });
  expect((await sender.call('push', { body: all })).body).toEqual({ taskId: 'RASA_1129_x' });
  expect((await sender.call('push', { body: all })).status).toBe(200);
  expect(asked.map(({ path, token: used }) => used ?? path)).toEqual([
    ...['/auth', 'token-1', 'token-1', '/auth', 'token-2', 'token-2'],
  ]);
  answer = { status: 403, body: { code: 30007, msg: 'over limit' } };
  expect((await sender.call('push', { body: all })).error).toMatchObject({ code: 'conflict', field: 'quotas' });
  answer = { status: 400, body: { code: 20001, msg: 'push_message.notification.title size over limit' } };
  expect((await sender.call('push', { body: all })).error).toMatchObject({ field: 'message.notification.title' });
  const rows = await rig.auditRows({ action: 'push' });
  expect(rows[0]).toMatchObject({ operator: 'sender', app, result: 'failed' });
  expect(rows.at(-1)).toMatchObject({ operator: 'sender', app, target: 'RASA_1129_x', result: 'done' });
});

test('more than one device is a list of a saved message, sent as one task', async () => {
  const { url, asked } = await api((path) => {
    if (path === '/auth') return { body: token('t') };
    return {
      body: { code: 0, msg: 'success', ...(path.endsWith('message') ? { data: { taskid: 'RASL_1129_x' } } : {}) },
    };
  });
  const { sender } = await rigAt(url);
  const values = [cidOf(1), cidOf(2), cidOf(1)];
  const { body } = await sender.call('push', { body: order({ kind: 'cid', values }, { group: 'g' }) });
  expect(body).toEqual({ taskId: 'RASL_1129_x' });
  expect(asked.slice(1)).toMatchObject([
    { path: '/push/list/message', body: { request_id: 'console-00000001', group_name: 'g', push_message: message } },
    {
      path: '/push/list/cid',
      body: { taskid: 'RASL_1129_x', audience: { cid: [cidOf(1), cidOf(2)] }, is_async: true },
    },
  ]);
});

test('an app of others is none: nothing of it is checked, sent or signed', async () => {
  const { rig, sender } = await rigAt(await nobody());
  await rig.addApp('other');
  for (const name of ['push', 'checkPush', 'signDevice', 'listTasks', 'listDevices'] as const) {
    expect((await sender.call(name, { params: { app: 'other' } })).status, name).toBe(404);
  }
});
