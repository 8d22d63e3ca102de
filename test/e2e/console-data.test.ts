import { randomBytes } from 'node:crypto';
import { Check } from 'typebox/value';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Endpoint } from '../../services/console/calls/endpoint.ts';
import { calls } from '../../services/console/calls/index.ts';
import { startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { startSystem, type UpSystem } from '../rigs/system.ts';

let system: UpSystem;
let headers: Record<string, string>;
let app: string;

/** What any call answers, as it was parsed. */
type Json = ReturnType<typeof JSON.parse>;

interface Answer {
  status: number;
  body: Json;
}

beforeAll(async () => {
  system = await startSystem({ console: true, scale: { cm: 2 } });
  const { url, user, password } = system.run().console!;
  app = system.run().app.appId;
  headers = { origin: new URL(url).origin };
  const { body } = await call('signIn', { body: { name: user, password } });
  headers['x-csrf-token'] = body.csrf;
});
afterAll(() => system?.stop());

/** A call of the console; a success fits its schema. */
async function call(
  name: keyof typeof calls,
  given: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const endpoint: Endpoint = calls[name];
  const params: Record<string, string> = { app, ...given.params };
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key]!));
  const search = given.query ? `?${new URLSearchParams(given.query)}` : '';
  const response = await fetch(`${system.run().console!.url}api${path}${search}`, {
    ...{ method: endpoint.method, signal: AbortSignal.timeout(25_000) },
    headers: given.body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  const [cookie] = response.headers.getSetCookie();
  if (cookie) headers['cookie'] = cookie.split(';')[0]!;
  const text = await response.text();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (response.status === 200 && endpoint.answer && !Check(endpoint.answer, body)) {
    throw new Error(`the answer of ${name} doesn't fit its schema: ${text}`);
  }
  return { status: response.status, body };
}

/** Events of a live call as they come, until the test has finished. */
async function live(path: string): Promise<Json[]> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const response = await fetch(`${system.run().console!.url}api${path}/live`, { headers, signal: stop.signal });
  const events: unknown[] = [];
  void (async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        if (data !== undefined) events.push(JSON.parse(data));
        text = text.slice(end + 2);
      }
    }
  })().catch(() => {});
  return events;
}

async function deviceOnline() {
  const { sdk, app: credentials } = system.run();
  const started = startDevice({ url: sdk, appId: credentials.appId, appSecret: credentials.appSecret });
  onTestFinished(() => started.device.close());
  await started.online();
  return started;
}

/** Waits until the timeline of a task on a device has these steps and no others, one after another. */
async function seenOnItsWay(task: string, cid: string, steps: string[]): Promise<void> {
  const timeline = await waitFor(
    `a timeline of ${steps.join(', ')}`,
    async (): Promise<{ step: string; at: number }[] | false> => {
      const { body } = await call('timeline', { params: { task, cid } });
      return String(body.steps?.map(({ step }: { step: string }) => step)) === String(steps) && body.steps;
    },
    30_000,
    100,
  );
  const times = timeline.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
}

const requestId = (): string => `console-${randomBytes(8).toString('hex')}`;
const notification = (title: string, body = 'A body') => ({ notification: { title, body, click_type: 'none' } });
const instancesOf = (overview: Json, role: string) =>
  overview.roles.find((one: { role: string }) => one.role === role).instances;

test('every instance is seen, with what it uses and what goes through it; the way of a message has its rates', async () => {
  const { cid } = await deviceOnline();
  const overviews = await live('/overview');
  const topologies = await live('/topology');
  const audience = { kind: 'cid', values: [cid()] };
  const push = () => call('push', { body: { audience, message: notification('Rate'), requestId: requestId() } });
  for (let n = 0; n < 20; n++) expect((await push()).status).toBe(200);
  const last = await waitFor(
    'rates are seen',
    async () => {
      await push();
      const newest = overviews.at(-1);
      return (
        newest?.rates.ackedPerS > 0 && newest.latency.deliveryP99Ms > 0 && newest.latency.acceptP50Ms > 0 && newest
      );
    },
    30_000,
    200,
  );
  for (const role of ['im', 'cm', 'user-redis', 'user-mysql', 'console']) {
    const instances = instancesOf(last, role);
    expect(instances.map(({ name }: { name: string }) => name)).toEqual(
      role === 'cm' ? ['cm-1', 'cm-2'] : [`${role}-1`],
    );
    for (const { state, cpu, rssBytes } of instances) {
      expect(state).toBe('ready');
      expect(cpu).toBeGreaterThanOrEqual(0);
      expect(rssBytes).toBeGreaterThan(10_000_000);
    }
  }
  expect(last.rates.connections).toBe(1);
  expect(last.busLag.map(({ group }: { group: string }) => group)).toContain('router');
  expect(last.busLag.map(({ group }: { group: string }) => group)).toContain('statistics');
  expect(last.replaying).toBe(0);
  const arrows = new Map<string, Json>(
    topologies.at(-1).arrows.map((arrow: { from: string; to: string }) => [`${arrow.from} ${arrow.to}`, arrow]),
  );
  for (const way of [
    'upstream api',
    'api bus',
    'bus router',
    'router user-redis',
    'router cm',
    'cm device',
    'device cm',
  ]) {
    expect(arrows.get(way).perS, way).toBeGreaterThan(0);
  }
  expect(arrows.get('router user-redis').p99Ms).toBeGreaterThan(0);
  const { body } = await call('history', { query: { series: 'ackedPerS,instancesReady' } });
  expect(Math.max(...body.series.ackedPerS)).toBeGreaterThan(0);
  expect(body).toMatchObject({ source: 'own', prometheusAway: false, stepS: 5 });
});

test('an instance that is stopped is seen to hang, one that is ended is gone until another takes its place', {
  timeout: 90_000,
}, async () => {
  const events = await live('/overview');
  const stateOf = (name: string) =>
    instancesOf(events.at(-1), 'cm').find((one: { name: string }) => one.name === name)?.state;
  await waitFor(
    'both are ready',
    () => events.length > 0 && stateOf('cm-1') === 'ready' && stateOf('cm-2') === 'ready',
    20_000,
  );
  system.kill('cm-2', 'SIGSTOP');
  await waitFor('cm-2 is seen to hang', () => stateOf('cm-2') === 'hung', 30_000);
  expect(stateOf('cm-1')).toBe('ready');
  // `up` ends what hangs and starts it anew.
  await waitFor('cm-2 is back', () => stateOf('cm-2') === 'ready', 40_000);
});

test('a push is checked, sent and seen to arrive; its way to the device has times', async () => {
  const device = await deviceOnline();
  const cid = device.cid();
  // 50 characters that are two units each, and markup: what is text stays text.
  const title = `${'🎉'.repeat(49)}x`;
  const order = {
    audience: { kind: 'cid', values: [cid] },
    message: notification(title, '<img src=x onerror=alert(1)>'),
    group: 'spring',
    requestId: requestId(),
  };
  const checked = await call('checkPush', { body: order });
  expect(checked.body).toMatchObject({ faults: [], estimate: 1 });
  expect(checked.body.curl).toContain(`/v2/${app}/push/single/cid`);
  const { body } = await call('push', { body: order });
  expect((await call('push', { body: order })).body).toEqual(body);
  const [push] = await device.waitForPushes(1);
  expect(push).toMatchObject({ notification: { title, body: '<img src=x onerror=alert(1)>' } });
  const states = await live(`/apps/${app}/tasks/${body.taskId}`);
  await waitFor('the funnel fills', () => states.at(-1)?.counts?.arrived === 1, 20_000);
  expect(states.at(-1)).toMatchObject({
    state: 'done',
    group: 'spring',
    audience: 'single',
    canStop: false,
    canRecall: true,
  });
  await seenOnItsWay(body.taskId, cid, ['accepted', 'stored', 'sent', 'arrived']);
  const queries: Record<string, string>[] = [
    { group: 'spring' },
    { id: body.taskId },
    { id: body.taskId.slice(0, 16) },
  ];
  for (const query of queries) {
    const listed = await call('listTasks', { query });
    expect(listed.body.items).toMatchObject([{ taskId: body.taskId, arrived: 1 }]);
  }
  const { body: events } = await call('deviceEvents', { params: { cid } });
  expect(events.items.map(({ event }: { event: string }) => event)).toEqual(['arrived', 'sent', 'target']);
  const { body: devices } = await call('taskDevices', { params: { task: body.taskId } });
  expect(devices).toMatchObject({ items: [{ cid }], next: null });
});

test('the way of a scheduled push has when it was due and when it was stored; one to all is stored in nobody’s own queue', async () => {
  const device = await deviceOnline();
  const cid = device.cid();
  const scheduled = await call('push', {
    body: {
      audience: { kind: 'cid', values: [cid] },
      message: notification('Soon'),
      schedule: Date.now() + 3_000,
      requestId: requestId(),
    },
  });
  await seenOnItsWay(scheduled.body.taskId, cid, ['accepted', 'planned', 'stored', 'sent', 'arrived']);
  const toAll = await call('push', {
    body: { audience: { kind: 'all' }, message: notification('All'), requestId: requestId() },
  });
  await seenOnItsWay(toAll.body.taskId, cid, ['accepted', 'sent', 'arrived']);
});

test('what is wrong with a push is told field by field, and whom it would go to', async () => {
  const { cid } = await deviceOnline();
  const faultsOf = async (body: object) => {
    const answer = await call('checkPush', { body });
    expect(answer.status).toBe(200);
    return answer.body.faults.map(({ field }: { field: string }) => field).sort();
  };
  const good = { audience: { kind: 'all' }, message: notification('Hello'), requestId: requestId() };
  expect(await faultsOf(good)).toEqual([]);
  expect(await faultsOf({})).toEqual(['audience', 'message', 'requestId']);
  expect(await faultsOf({ ...good, message: notification('🎉'.repeat(51)) })).toEqual(['message.notification.title']);
  expect(await faultsOf({ ...good, message: { notification: { title: 't', body: 'b', click_type: 'url' } } })).toEqual([
    'message.notification.url',
  ]);
  expect(await faultsOf({ ...good, message: {}, settings: { ttl: -5 } })).toEqual(['settings.ttl']);
  expect(await faultsOf({ ...good, schedule: 5 })).toEqual(['schedule']);
  expect(await faultsOf({ ...good, audience: { kind: 'cid', values: [cid(), 'f'.repeat(32), 'nonsense'] } })).toEqual([
    'audience.values[1]',
    'audience.values[2]',
  ]);
  expect(
    await faultsOf({ ...good, audience: { kind: 'tag', rules: [{ key: 'custom_tag', values: [], opt_type: 'or' }] } }),
  ).toEqual(['audience.rules[0].values']);
  const refused = await call('push', { body: { ...good, message: {} } });
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'bad_request', field: 'message' } } });
  const foreign = await call('push', { body: { ...good, audience: { kind: 'cid', values: ['f'.repeat(32)] } } });
  expect(foreign).toMatchObject({ status: 400, body: { error: { code: 'bad_request', field: 'audience.values' } } });
});

test('a scheduled push is listed, and cancelled; a list is stopped; what a device has is recalled', async () => {
  const device = await deviceOnline();
  const cid = device.cid();
  const audience = { kind: 'cid', values: [cid] };
  const later = await call('push', {
    body: { audience, message: notification('Later'), schedule: Date.now() + 3_600_000, requestId: requestId() },
  });
  const params = { task: later.body.taskId };
  expect((await call('listTasks', { query: { state: 'scheduled' } })).body.items).toMatchObject([
    { taskId: params.task },
  ]);
  expect((await call('task', { params })).body).toMatchObject({
    state: 'scheduled',
    canStop: true,
    canRecall: false,
    message: { title: 'Later' },
  });
  expect((await call('stopTask', { params })).body).toEqual({ outcome: 'cancelled' });
  expect((await call('task', { params })).body).toMatchObject({ state: 'stopped', schedule: { result: 'cancelled' } });

  const other = await deviceOnline();
  const list = { kind: 'cid', values: [cid, other.cid()] };
  const sent = await call('push', { body: { audience: list, message: notification('List'), requestId: requestId() } });
  await device.waitForPushes(1);
  await other.waitForPushes(1);
  await waitFor(
    'the list is counted',
    async () => (await call('task', { params: { task: sent.body.taskId } })).body.counts.arrived === 2,
    20_000,
    200,
  );
  const recalled = await call('recallTask', { params: { task: sent.body.taskId } });
  expect(recalled).toMatchObject({ status: 200, body: { devices: 2 } });
  const [, revoke] = await device.waitForPushes(2);
  expect(revoke).toMatchObject({ revoke: { task: sent.body.taskId } });
  await other.waitForPushes(2);
  expect((await call('recallTask', { params: { task: sent.body.taskId } })).body.taskId).toBe(recalled.body.taskId);
  const single = await call('push', { body: { audience, message: notification('One'), requestId: requestId() } });
  await device.waitForPushes(3);
  const one = { params: { task: single.body.taskId } };
  await waitFor('the single is counted', async () => (await call('task', one)).status === 200, 20_000, 200);
  expect(await call('stopTask', one)).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  expect((await call('stopTask', { params: { task: 'RASS_1129_none' } })).status).toBe(404);
});

test('a device is found, its queue read; it is kicked, blacklisted, and let in again', async () => {
  const device = await deviceOnline();
  const cid = device.cid();
  await device.device.bindAlias('ada');
  await waitFor(
    'it is found by its alias',
    async () => (await call('listDevices', { query: { alias: 'ada' } })).body.items.length === 1,
  );
  const found = (await call('device', { params: { cid } })).body;
  expect(found).toMatchObject({ cid, alias: 'ada', blacklisted: false, queued: 0 });
  expect(found.online.node).toMatch(/^cm-/);
  expect((await call('listDevices', { query: { limit: '1' } })).body.items).toHaveLength(1);
  device.device.close();
  await waitFor('it is away', async () => (await call('device', { params: { cid } })).body.online === null);
  for (const title of ['one', 'two']) {
    await call('push', {
      body: { audience: { kind: 'cid', values: [cid] }, message: notification(title), requestId: requestId() },
    });
  }
  const queue = await waitFor('both wait', async () => {
    const { body } = await call('deviceQueue', { params: { cid }, query: { limit: '1' } });
    return body.items.length === 1 && body.next !== null && body;
  });
  expect(queue).toMatchObject({ items: [{ message: { title: 'one' } }], replaying: false });
  const rest = await call('deviceQueue', { params: { cid }, query: { after: queue.next } });
  expect(rest.body).toMatchObject({ items: [{ message: { title: 'two' } }], next: null });

  expect((await call('kickDevice', { params: { cid } })).body).toEqual({ kicked: false });
  const { sdk, app: credentials } = system.run();
  const again = startDevice({
    url: sdk,
    appId: credentials.appId,
    appSecret: credentials.appSecret,
    storage: device.storage,
  });
  onTestFinished(() => again.device.close());
  await again.online();
  expect((await call('kickDevice', { params: { cid } })).body).toEqual({ kicked: true });
  expect((await call('blacklistDevice', { params: { cid } })).body).toEqual({ blacklisted: true });
  expect((await call('device', { params: { cid } })).body).toMatchObject({ blacklisted: true, online: null });
  expect((await call('unblacklistDevice', { params: { cid } })).body).toEqual({ blacklisted: false });
  expect((await call('device', { params: { cid } })).body).toMatchObject({ blacklisted: false });
  const foreign = { params: { cid: 'f'.repeat(32) } };
  for (const name of ['device', 'deviceQueue', 'deviceEvents', 'kickDevice', 'blacklistDevice'] as const) {
    expect((await call(name, foreign)).status, name).toBe(404);
  }
  const { body: audit } = await call('audit', { query: { action: 'blacklistDevice' } });
  expect(audit.items[0]).toMatchObject({ app, target: 'f'.repeat(32), result: 'failed' });
  expect(audit.items[1]).toMatchObject({ app, target: cid, result: 'done' });
});

test('an instance tells its configuration with where each value is from, and no secret', async () => {
  for (const role of ['im', 'cm', 'user-redis', 'user-mysql', 'console']) {
    const { status, body } = await call('settings', { params: { role, name: `${role}-1` } });
    expect(status, role).toBe(200);
    const key = (name: string) => body.keys.find((one: { key: string }) => one.key === name);
    expect(key('instance')).toMatchObject({ value: `${role}-1`, source: 'environment', secret: false });
    expect(key('internalSecrets')).toMatchObject({ value: '••••', source: 'environment', secret: true });
    expect(key('apolloStartMs')).toMatchObject({ source: 'default', unit: 'ms' });
    expect(JSON.stringify(body)).not.toContain(system.run().internal.secret);
  }
  expect((await call('settings', { params: { role: 'im', name: 'nobody' } })).status).toBe(404);
});

test('a virtual device registers by a signature of the console, for nothing but a registration', async () => {
  const { sdk } = system.run();
  const sign = async (request: object) => (await call('signDevice', { body: request })).body.sign;
  const virtual = startDevice({ url: sdk, appId: app, sign } as never);
  onTestFinished(() => virtual.device.close());
  await virtual.online();
  const asked = { appId: app, ts: Date.now(), nonce: 'a'.repeat(32) };
  expect((await call('signDevice', { body: { ...asked, text: 'anything' } })).body.error).toMatchObject({
    field: 'text',
  });
  const old = { ...asked, ts: asked.ts - 3_600_000 };
  const text = `${app}\n${old.ts}\n${old.nonce}`;
  expect((await call('signDevice', { body: { ...old, text } })).body.error).toMatchObject({ field: 'ts' });
});

test('a role that is away is named, and the rest works', async () => {
  const { cid } = await deviceOnline();
  system.kill('user-redis-1', 'SIGSTOP');
  onTestFinished(() => void system.kill('user-redis-1', 'SIGCONT'));
  const device = await call('device', { params: { cid: cid() } });
  expect(device).toMatchObject({ status: 503, body: { error: { code: 'unavailable', role: 'user-redis' } } });
  expect((await call('listTasks')).status).toBe(200);
  expect((await call('overview')).status).toBe(200);
});
