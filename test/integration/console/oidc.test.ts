import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientSecret, type IdentityProviderRig, startIdentityProvider } from '../../rigs/identity-provider.ts';
import { ConsoleRig, type Visitor } from './rig.ts';

/** Whom the provider knows, and what it says of them. */
const accounts: Record<string, Record<string, unknown>> = {
  one: { preferred_username: 'olga', groups: ['staff', 'ops'] },
  two: { preferred_username: 'sven', groups: ['shop'] },
  three: { preferred_username: 'nora', groups: ['staff'] },
  four: { preferred_username: 'no name at all', groups: ['ops'] },
};
/** Who sits before the provider's page. */
let account = 'one';
/** Where claims are told: in the token, or at the userinfo page alone. */
let inToken = true;
let provider: IdentityProviderRig;
let rig: ConsoleRig;
/** Browsers know the console by this name. */
const publicUrl = 'http://console.example';

async function start(): Promise<void> {
  provider = await startIdentityProvider({
    redirectUri: `${publicUrl}/console/api/session/oidc/callback`,
    ...{ accounts, inToken, account: () => account },
  });
  rig = await ConsoleRig.start({
    ...{ LONGWIRE_OIDC_ISSUER: provider.issuer, LONGWIRE_OIDC_CLIENT_ID: 'console', LONGWIRE_PUBLIC_URL: publicUrl },
    ...{ LONGWIRE_OIDC_CLIENT_SECRET: clientSecret, LONGWIRE_OIDC_NAME: 'Company' },
    ...{ LONGWIRE_OIDC_SCOPE: 'openid profile', LONGWIRE_OIDC_RIGHTS: 'ops=admin:*,shop=sender:shop' },
  });
}

beforeEach(() => {
  account = 'one';
  inToken = true;
});

afterEach(() => {
  provider.stop();
});

/** A browser: keeps cookies by host, and goes where it is sent. */
class Browser {
  readonly cookies = new Map<string, Map<string, string>>();

  /** Goes on until it is sent to a page of the console. @returns that page, and the addresses on the way */
  async go(path: string): Promise<{ page: string; way: string[] }> {
    const way: string[] = [];
    let at = `${publicUrl}/console/api${path}`;
    for (;;) {
      way.push(at);
      if (way.length > 12) throw new Error(`no end: ${way.join(' ')}`);
      const next = await this.step(at);
      if (next.startsWith('/console/')) return { page: next, way };
      at = new URL(next, at).href;
    }
  }

  async step(at: string): Promise<string> {
    const { host } = new URL(at);
    const kept = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, kept);
    const cookie = [...kept].map(([name, value]) => `${name}=${value}`).join('; ');
    // The console is here, whatever its name is.
    const response = await fetch(at.replace(publicUrl, rig.url), { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(set)) kept.delete(name!);
      else kept.set(name!, value!);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${at}: ${response.status} ${await response.text()}`);
    return location;
  }

  /** The console's pages in this browser. */
  visitor(): Visitor {
    const visitor = rig.anonymous();
    visitor.cookie = this.cookies.get('console.example')?.get('longwire_session');
    return visitor;
  }
}

const rowOf = async () => (await rig.auditRows({ action: 'finishOidc' }))[0];

test('who is let in by the provider, and has a right here, is signed in with the rights of the mapping', async () => {
  await start();
  expect((await rig.anonymous().call('signInOptions')).body).toEqual({ oidc: { name: 'Company' } });
  const browser = new Browser();
  const { page, way } = await browser.go('/session/oidc');
  expect(page).toBe('/console/');
  const asked = new URL(way[1]!).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    ...{ client_id: 'console', response_type: 'code', code_challenge_method: 'S256', scope: 'openid profile' },
    ...{ state: expect.stringMatching(/^[\w-]{43}$/), nonce: expect.stringMatching(/^[\w-]{43}$/) },
  });
  const session = await browser.visitor().call<{ operator: object; mustChangePassword: boolean }>('session');
  expect(session.body).toMatchObject({
    ...{ mustChangePassword: false },
    operator: { name: 'olga', source: 'oidc', rights: [{ right: 'admin', app: '*' }] },
  });
  expect(browser.cookies.get('console.example')!.has('longwire_sign_in')).toBe(false);
  expect(await rowOf()).toMatchObject({ operator: 'olga', result: 'done' });
});

test('what the provider tells at its userinfo page alone counts as well', async () => {
  inToken = false;
  await start();
  const browser = new Browser();
  expect((await browser.go('/session/oidc')).page).toBe('/console/');
  const session = await browser.visitor().call('session');
  expect(session.body['operator']).toMatchObject({ name: 'olga', rights: [{ right: 'admin', app: '*' }] });
});

test('rights follow the provider at the next sign-in; a password such an account has none', async () => {
  await start();
  await new Browser().go('/session/oidc');
  accounts['one']!['groups'] = ['shop'];
  const browser = new Browser();
  await browser.go('/session/oidc');
  accounts['one']!['groups'] = ['staff', 'ops'];
  const visitor = browser.visitor();
  const session = await visitor.call<{ operator: object; csrf: string }>('session');
  expect(session.body.operator).toMatchObject({ rights: [{ right: 'sender', app: 'shop' }] });
  expect((await rig.mysql.listOperators({ after: null, limit: 9 })).operators).toHaveLength(1);
  const asking = { 'x-csrf-token': session.body.csrf, origin: publicUrl };
  expect((await visitor.call('changePassword', { headers: asking })).error?.code).toBe('conflict');
  const tried = await rig
    .anonymous()
    .call('signIn', { body: { name: 'olga', password: 'x' }, headers: { origin: publicUrl } });
  expect(tried.error?.code).toBe('bad_credentials');
});

test.each([
  ['three', 'forbidden', 'nora'],
  ['four', 'bad_credentials', null],
  ['refused', 'bad_credentials', null],
])('%s gets no session, but a page that says why: %s', async (who, code, operator) => {
  await start();
  account = who;
  const browser = new Browser();
  expect((await browser.go('/session/oidc')).page).toBe(`/console/sign-in?fault=${code}`);
  expect((await browser.visitor().call('session')).status).toBe(401);
  expect(await rowOf()).toMatchObject({ operator, result: 'refused' });
  expect((await rig.mysql.listOperators({ after: null, limit: 9 })).operators).toEqual([]);
});

test('an operator with a password is not taken over by a name at the provider; a disabled account stays out', async () => {
  await start();
  await rig.addOperator('olga', [{ right: 'viewer', app: '*' }]);
  expect((await new Browser().go('/session/oidc')).page).toBe('/console/sign-in?fault=conflict');
  account = 'two';
  await new Browser().go('/session/oidc');
  const { operators } = await rig.mysql.listOperators({ after: null, limit: 9 });
  await rig.mysql.changeOperator({ id: operators.find(({ name }) => name === 'sven')!.id, disabled: true });
  expect((await new Browser().go('/session/oidc')).page).toBe('/console/sign-in?fault=bad_credentials');
});

test('an answer of the provider is good for the browser that asked, once', async () => {
  await start();
  const victim = new Browser();
  const attacker = new Browser();
  let at = `${publicUrl}/console/api/session/oidc`;
  while (!at.startsWith(`${publicUrl}/console/api/session/oidc/callback`)) {
    at = new URL(await attacker.step(at), at).href;
  }
  // Who is led to the attacker's answer does not become the attacker.
  expect(await victim.step(at)).toBe('/console/sign-in?fault=bad_credentials');
  await victim.step(`${publicUrl}/console/api/session/oidc`);
  expect(await victim.step(at)).toBe('/console/sign-in?fault=bad_credentials');
  expect(await attacker.step(at)).toBe('/console/');
  expect(await attacker.step(at)).toBe('/console/sign-in?fault=bad_credentials');
});

test('a provider that doesn’t answer is named as away; passwords go on', async () => {
  await start();
  provider.stop();
  expect(await new Browser().step(`${publicUrl}/console/api/session/oidc`)).toBe('/console/sign-in?fault=unavailable');
  await rig.addOperator('alice', [{ right: 'viewer', app: '*' }], 'the password of alice');
  expect((await rig.anonymous().signIn('alice', 'the password of alice', { origin: publicUrl })).status).toBe(200);
});

test('where none is configured there is none', async () => {
  await start();
  const url = await rig.open();
  const answer = await rig.anonymous().send('/session/oidc', {}, url);
  expect(answer.headers.get('location')).toBe('/console/sign-in?fault=not_found');
  expect((await rig.anonymous().send('/sign-in', {}, url)).body).toEqual({ oidc: null });
  await expect(rig.open({ LONGWIRE_OIDC_ISSUER: provider.issuer })).rejects.toThrow(
    /oidcClientId: is required.*publicUrl/s,
  );
});
