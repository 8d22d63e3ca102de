import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConsoleRig } from './rig.ts';

const admin = [{ right: 'admin' as const, app: '*' }];
const markup = '<img src=x onerror=alert(1)>';

describe('requests of other sites', () => {
  test.each([
    ['no token', { 'x-csrf-token': '' }],
    ['a wrong token', { 'x-csrf-token': 'A'.repeat(43) }],
    ['the origin of another site', { origin: 'https://evil.example' }],
    ['the origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an origin that is none', { origin: 'null' }],
    ['no word of where it comes from', { origin: '' }],
    ['another site by the browser’s word', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('a change with %s is refused, and noted', async (_, headers) => {
    const rig = await ConsoleRig.start();
    await rig.addApp('demo');
    const visitor = await rig.visitor('alice', admin);
    const answer = await visitor.call('changeApp', { body: { disabled: true }, headers });
    expect(answer).toMatchObject({ status: 403, error: { code: 'bad_csrf' } });
    expect((await rig.mysql.app({ appId: 'demo' })).app?.disabled).toBe(false);
    expect((await rig.auditRows())[0]).toMatchObject({ action: 'changeApp', result: 'refused', app: 'demo' });
  });

  test('somebody else’s token, and a sign-in from another site, are refused too', async () => {
    const rig = await ConsoleRig.start();
    const [one, two] = [await rig.visitor('one', admin), await rig.visitor('two', admin)];
    const stolen = await one.call('createApp', { headers: { 'x-csrf-token': two.csrf! } });
    expect(stolen.error?.code).toBe('bad_csrf');
    const signIn = await rig.anonymous().call('signIn', { headers: { origin: 'https://evil.example' } });
    expect(signIn.error?.code).toBe('bad_csrf');
  });

  test('a body that a plain form could send is no call', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await visitor.send('/apps', {
        method: 'POST',
        body: '{"name":"x"}',
        headers: { 'content-type': type },
      });
      expect(answer.error).toMatchObject({ code: 'bad_request', field: 'content-type' });
    }
  });

  test('behind a proxy the configured address is the console’s own, whatever Host says', async () => {
    const rig = await ConsoleRig.start({ LONGWIRE_PUBLIC_URL: 'https://console.example' });
    const visitor = await rig.visitor('alice', admin);
    const from = async (origin: string) => (await visitor.call('createApp', { headers: { origin } })).status;
    expect(await from('https://console.example')).toBe(200);
    expect(await from(rig.url)).toBe(403);
  });
});

describe('what browsers are told', () => {
  test('no page, call, error or stream may be framed, or load or run anything from elsewhere', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'console-pages-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    mkdirSync(join(dir, 'assets'));
    writeFileSync(join(dir, 'index.html'), '<!doctype html><title>pages</title>');
    writeFileSync(join(dir, 'assets/app-1a2b.js'), 'let x');
    const rig = await ConsoleRig.start({ LONGWIRE_DEVICE_URL: 'ws://devices.example:8081/v1' }, { pagesDir: dir });
    const places = ['/console/', '/console/apps/x/send', '/console/assets/app-1a2b.js', '/console/openapi.json'];
    for (const path of [...places, '/console/api/session', '/console/api/none', '/console/none.js', '/none']) {
      const { headers } = await fetch(rig.url + path);
      const policy = headers.get('content-security-policy');
      expect(policy, path).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy, path).toContain("frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
      expect(policy, path).toContain("connect-src 'self' ws://devices.example:8081;");
      expect(policy, path).not.toMatch(/unsafe|\*/);
      expect(headers.get('x-frame-options'), path).toBe('DENY');
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    }
  });

  test('pages: a path of the application is its one page, files are what they are, and their names are kept for long', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'console-pages-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    mkdirSync(join(dir, 'assets'));
    writeFileSync(join(dir, 'index.html'), '<!doctype html><title>pages</title>');
    writeFileSync(join(dir, 'assets/app-1a2b.js'), 'let x');
    const rig = await ConsoleRig.start({}, { pagesDir: dir });
    const get = (path: string) => fetch(rig.url + path, { redirect: 'manual' });
    for (const path of ['/console/', '/console/apps/demo/send?x=1']) {
      const page = await get(path);
      expect(await page.text()).toContain('<title>pages');
      expect(page.headers.get('cache-control')).toBe('no-cache');
    }
    const script = await get('/console/assets/app-1a2b.js');
    expect(script.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect((await get('/console')).headers.get('location')).toBe('/console/');
    expect((await get('/')).headers.get('location')).toBe('/console/');
    for (const path of ['/console/assets/none.js', '/console/api/none', '/console/..%2f..%2fpackage.json', '/other']) {
      expect((await get(path)).status, path).toBeGreaterThanOrEqual(400);
    }
  });

  test('without built pages the console says how they are built', async () => {
    const rig = await ConsoleRig.start();
    const page = await fetch(`${rig.url}/console/`);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build:console');
  });
});

describe('texts with markup', () => {
  test('stored markup comes back as the text that it is, as JSON that no browser takes for a page', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    const made = await visitor.call('createApp', { body: { name: markup } });
    const shown = await visitor.call('app', { params: { app: made.body['appId'] as string } });
    expect(shown.body['name']).toBe(markup);
    const listed = await visitor.call('audit', { query: { action: 'createApp' } });
    expect(listed.body['items']).toMatchObject([{ detail: { name: markup } }]);
    for (const { headers } of [made, shown, listed]) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const refused = await visitor.send(`/operators?${encodeURIComponent(markup)}=1`);
    expect(refused.headers.get('content-type')).toContain('application/json');
    expect(refused.error).toMatchObject({ code: 'bad_request', field: markup });
    expect((await visitor.call('createOperator', { body: { name: markup, rights: [] } })).error?.field).toBe('name');
  });
});

describe('bad input', () => {
  test('an error names the field, what is wrong and what is allowed', async () => {
    const rig = await ConsoleRig.start();
    await rig.addApp('demo');
    const visitor = await rig.visitor('alice', admin);
    const errorOf = async (name: Parameters<typeof visitor.call>[0], given: object) =>
      (await visitor.call(name, given)).error;
    const bad = (field: string, allowed: string) => ({
      code: 'bad_request',
      field,
      allowed: expect.stringContaining(allowed),
    });
    expect(await errorOf('listApps', { query: { limit: '0' } })).toMatchObject(bad('limit', '1'));
    expect(await errorOf('listApps', { query: { limit: '201' } })).toMatchObject(bad('limit', '200'));
    expect(await errorOf('listApps', { query: { limit: 'ten' } })).toMatchObject(bad('limit', 'integer'));
    expect(await errorOf('listApps', { query: { offset: '10' } })).toMatchObject(bad('offset', 'after, limit'));
    expect(await errorOf('listApps', { query: { after: 'a b' } })).toMatchObject(bad('after', 'next'));
    expect(await errorOf('listOperators', { query: { after: 'x' } })).toMatchObject(bad('after', 'next'));
    expect(await errorOf('createApp', { body: {} })).toMatchObject(bad('name', 'string'));
    expect(await errorOf('createApp', { body: { name: 'x', more: 1 } })).toMatchObject(bad('more', 'name'));
    expect(await errorOf('createApp', { body: [] })).toMatchObject(bad('body', 'object'));
    expect(await errorOf('changeApp', { body: { quotas: { none: 1 } } })).toMatchObject(
      bad('quotas.none', 'pushesPerDay'),
    );
    expect(await errorOf('changeApp', { body: { quotas: { pushesPerDay: -1 } } })).toMatchObject(
      bad('quotas.pushesPerDay', '0'),
    );
    expect(await errorOf('changeApp', { body: { callbackUrl: 'ftp://x' } })).toMatchObject({ field: 'callbackUrl' });
    expect(await errorOf('changeApp', { body: { callbackUrl: 'http://[x' } })).toMatchObject(
      bad('callbackUrl', 'http'),
    );
    const rights = [{ right: 'root', app: '*' }];
    expect(await errorOf('createOperator', { body: { name: 'x', rights } })).toMatchObject(
      bad('rights[0].right', 'viewer'),
    );
    expect(await errorOf('rotateSecret', { body: { which: 'all', graceMs: 1 } })).toMatchObject(
      bad('which', 'master, app'),
    );
    expect((await visitor.send('/apps', { method: 'POST', body: '{' })).error).toMatchObject({ field: 'body' });
    expect((await visitor.send('/apps', { method: 'POST', body: `"${'x'.repeat(1_100_000)}"` })).status).toBe(413);
    expect((await visitor.send('/apps', { method: 'PUT', body: {} })).error).toMatchObject({
      ...{ code: 'method_not_allowed', allowed: 'GET, POST' },
    });
  });

  test('an app name of emoji and other letters is kept', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    const name = '👩‍👩‍👧‍👦消息🎉'.repeat(3);
    const made = await visitor.call('createApp', { body: { name } });
    expect((await visitor.call('app', { params: { app: made.body['appId'] as string } })).body['name']).toBe(name);
  });
});
