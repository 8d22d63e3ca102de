import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallbackServer } from '../rigs/callback-server.ts';
import { waitFor } from '../rigs/process.ts';
import { freeBasePort, startSystem, type UpSystem } from '../rigs/system.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'longwire-console-'));
let basePort: number;
let system: UpSystem;

beforeAll(async () => {
  basePort = await freeBasePort();
  system = await startSystem({ dataDir, basePort, console: true });
});

afterAll(async () => {
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Signs in, and answers what calls the console in this session. */
async function signIn(password: string) {
  const { url, user } = system.run().console!;
  const origin = new URL(url).origin;
  const headers: Record<string, string> = { origin, 'content-type': 'application/json' };
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url}api${path}`, {
      ...{ method, headers, signal: AbortSignal.timeout(10_000) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) headers['cookie'] = cookie.split(';')[0]!;
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const session = await call('POST', '/session', { name: user, password });
  headers['x-csrf-token'] = session.body.csrf;
  return { session, call };
}

test('up starts a console, prints where it is and how to sign in, and run.json has the same', () => {
  const { console: at, processes } = system.run();
  expect(at).toEqual({ url: `http://127.0.0.1:${basePort + 2}/console/`, user: 'admin', password: expect.any(String) });
  expect(system.output()).toContain(`console        ${at!.url} user admin password ${at!.password}`);
  expect(processes.find(({ role }) => role === 'console')).toMatchObject({ instance: 'console-1' });
});

test('its first operator signs in with that password, sees the demo app, and a change of it reaches user-mysql', async () => {
  const { session, call } = await signIn(system.run().console!.password!);
  expect(session).toMatchObject({ status: 200, body: { mustChangePassword: false, deviceUrl: system.run().sdk } });
  const { appId } = system.run().app;
  expect((await call('GET', '/apps')).body.items).toMatchObject([{ appId, name: 'demo' }]);
  const changed = await call('PATCH', `/apps/${appId}`, { quotas: { pushesPerDay: 1_000 } });
  expect(changed.body.quotas).toContainEqual({
    ...{ name: 'pushesPerDay', per: 'day', limit: 1_000, default: 1_000_000_000, used: 0 },
  });
  expect((await call('GET', '/audit')).body.items).toMatchObject([
    { operator: 'admin', action: 'changeApp', app: appId, result: 'done', detail: { quotas: { pushesPerDay: 1_000 } } },
    { operator: 'admin', action: 'signIn', result: 'done', address: '127.0.0.1' },
  ]);
});

test('a test of the callback URL is sent by im, and reaches the upstream signed', async () => {
  const server = await CallbackServer.start((_, response) => void response.writeHead(202).end());
  try {
    const { call } = await signIn(system.run().console!.password!);
    const { appId } = system.run().app;
    await call('PATCH', `/apps/${appId}`, { callbackUrl: server.url });
    const tested = await call('POST', `/apps/${appId}/callback-test`);
    expect(tested.body).toEqual({ status: 202, error: null, ms: expect.any(Number) });
    expect(server.lines).toMatchObject([
      { appid: appId, taskid: 'longwire_test', sign: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(await call('GET', `/apps/${appId}/callbacks`)).toEqual({ status: 200, body: { items: [] } });
    await call('PATCH', `/apps/${appId}`, { callbackUrl: null });
  } finally {
    await server.stop();
  }
});

test('a thousand refused attempts are in the audit log, also when the console is stopped in between', async () => {
  const refused = async (): Promise<void> => {
    const { url } = system.run().console!;
    const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
    const { status } = await fetch(`${url}api/apps`, { method: 'POST', headers, body: '{"name":"x"}' });
    expect(status).toBe(401);
  };
  const many = async (): Promise<void> => {
    for (let n = 0; n < 10; n++) await Promise.all(Array.from({ length: 50 }, refused));
  };
  await many();
  const pid = system.kill('console-1', 'SIGTERM');
  await waitFor(
    'another console answers',
    async () => {
      const answers = () => fetch(`${system.run().console!.url}api/sign-in`).then(({ ok }) => ok);
      return system.processOf('console-1').pid !== pid && (await answers().catch(() => false));
    },
    30_000,
  );
  await many();
  const { call } = await signIn(system.run().console!.password!);
  let rows = 0;
  await waitFor(
    'all are told',
    async () => {
      let count = 0;
      rows = 0;
      for (let after: string | null = ''; after !== null; ) {
        const query = `action=createApp&limit=200${after === '' ? '' : `&after=${after}`}`;
        const { body } = await call('GET', `/audit?${query}`);
        const items = (body.items as { result: string; detail: { count?: number } }[]).filter(
          ({ result }) => result === 'refused',
        );
        rows += items.length;
        count += items.reduce((sum, { detail }) => sum + (detail.count ?? 1), 0);
        after = body.next as string | null;
      }
      expect(count).toBeLessThanOrEqual(1_000);
      return count === 1_000;
    },
    30_000,
  );
  expect(rows).toBeLessThan(600);
});

test('the password is the same after a restart, until another is chosen: then nobody is told one', async () => {
  const { password } = system.run().console!;
  await system.stop();
  system = await startSystem({ dataDir, basePort, console: true });
  expect(system.run().console!.password).toBe(password);
  const { call } = await signIn(password!);
  const next = 'chosen by an operator';
  expect((await call('POST', '/session/password', { current: password, next })).status).toBe(200);
  await system.stop();
  system = await startSystem({ dataDir, basePort, console: true });
  expect(system.run().console!.password).toBeNull();
  expect(system.output()).toContain('user admin password as it was chosen');
  expect((await signIn(next)).session.status).toBe(200);
  expect((await signIn(password!)).session.status).toBe(401);
});
