import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
