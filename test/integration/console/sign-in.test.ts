import { describe, expect, test } from 'vitest';
import { ConsoleRig, type Visitor } from './rig.ts';

const password = 'a password that is right';
const admin = [{ right: 'admin' as const, app: '*' }];

async function rigWith(
  name = 'alice',
  env: Record<string, string> = {},
): Promise<{ rig: ConsoleRig; visitor: Visitor }> {
  const rig = await ConsoleRig.start(env);
  await rig.addOperator(name, admin, password);
  return { rig, visitor: rig.anonymous() };
}

describe('sign-in', () => {
  test('a name and its password open a session; signing out ends it', async () => {
    const { rig, visitor } = await rigWith();
    const answer = await visitor.signIn('ALICE', password);
    expect(answer.body).toMatchObject({ operator: { name: 'alice' }, mustChangePassword: false, deviceUrl: null });
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^longwire_session=[\w-]{43}; Path=\/console; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const expiresAt = expect.any(Number);
    expect(answer.body['expiresAt']).toBeLessThanOrEqual(rig.now() + 3_600_000);
    expect((await visitor.call('session')).body).toEqual({ ...answer.body, expiresAt });
    const { cookie, csrf } = visitor;
    expect((await visitor.call('signOut')).status).toBe(204);
    expect(visitor.cookie).toBeUndefined();
    Object.assign(visitor, { cookie, csrf });
    expect((await visitor.call('session')).error?.code).toBe('not_signed_in');
    expect((await rig.auditRows()).map(({ action, result, operator }) => [action, result, operator])).toEqual([
      ['signOut', 'done', 'alice'],
      ['signIn', 'done', 'alice'],
    ]);
  });

  test('the cookie goes over https only, unless that is configured otherwise', async () => {
    const { visitor } = await rigWith('alice', { LONGWIRE_SECURE_COOKIE: 'true' });
    expect((await visitor.signIn('alice', password)).headers.getSetCookie()[0]).toMatch(/; Secure(;|$)/);
  });

  test('session fixation: a session that was there before sign-in is not the one after it', async () => {
    const { rig, visitor } = await rigWith();
    const planted = 'A'.repeat(43);
    visitor.cookie = planted;
    await visitor.signIn('alice', password);
    expect(visitor.cookie).not.toBe(planted);
    const attacker = rig.anonymous();
    attacker.cookie = planted;
    expect((await attacker.call('session')).status).toBe(401);
    const first = visitor.cookie;
    await visitor.signIn('alice', password);
    expect(visitor.cookie).not.toBe(first);
  });

  test('an unknown name, a wrong password and a disabled account are answered alike, and take as long', async () => {
    const { rig, visitor } = await rigWith();
    const id = await rig.addOperator('gone', admin, password);
    await rig.mysql.changeOperator({ id, disabled: true });
    const answers = [];
    for (const [name, given] of [
      ['alice', 'wrong'],
      ['nobody', password],
      ['gone', password],
    ] as const) {
      const { status, text } = await visitor.signIn(name, given);
      answers.push({ status, text });
    }
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, text: expect.stringContaining('bad_credentials') });
    const timeOf = async (name: string): Promise<number> => {
      const begun = performance.now();
      await visitor.signIn(name, 'wrong');
      return performance.now() - begun;
    };
    // In turns, so that a machine that gets busy in between slows both.
    const shortest = { nobody: Number.POSITIVE_INFINITY, alice: Number.POSITIVE_INFINITY };
    for (let n = 0; n < 6; n++) {
      shortest.nobody = Math.min(shortest.nobody, await timeOf('nobody'));
      shortest.alice = Math.min(shortest.alice, await timeOf('alice'));
    }
    // A hash is most of it: without one the answer would come in a fraction of the time.
    expect(shortest.nobody).toBeGreaterThan(shortest.alice / 3);
    const rows = await rig.mysql.listAudit({ before: null, limit: 3, action: 'signIn' });
    expect(rows.rows.every(({ result }) => result === 'refused')).toBe(true);
  });

  test('after ten wrong passwords a name is locked, the right password too, at every console; then it opens again', async () => {
    const { rig, visitor } = await rigWith();
    const other = await rig.open();
    for (let n = 0; n < 10; n++) {
      const at = n % 2 === 0 ? rig.url : other;
      const answer = await visitor.send('/session', { method: 'POST', body: { name: 'alice', password: 'no' } }, at);
      expect(answer.error?.code).toBe('bad_credentials');
    }
    const locked = await visitor.signIn('alice', password);
    expect(locked).toMatchObject({ status: 423, error: { code: 'locked', retryAfterS: expect.any(Number) } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
    rig.offsetMs += 901_000;
    expect((await visitor.signIn('alice', password)).status).toBe(200);
    const rows = await rig.auditRows({ action: 'signIn' });
    expect(rows.map(({ result }) => result)).toEqual(['done', ...Array(11).fill('refused')]);
  });

  test('an address that tries too often is told when to come back, and another isn’t', async () => {
    const { rig } = await rigWith('alice', { LONGWIRE_TRUSTED_PROXIES: '127.0.0.1' });
    const from = (address: string) => rig.anonymous().signIn('alice', password, { 'x-forwarded-for': address });
    let last = await from('203.0.113.5');
    for (let n = 0; n < 40 && last.status === 200; n++) last = await from('203.0.113.5');
    expect(last).toMatchObject({ status: 429, error: { code: 'too_many_attempts' } });
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('203.0.113.6')).status).toBe(200);
    const rows = await rig.auditRows({ action: 'signIn' });
    expect(rows[0]).toMatchObject({ address: '203.0.113.6', result: 'done' });
    expect(rows[1]).toMatchObject({ address: '203.0.113.5', result: 'refused' });
  });

  test('X-Forwarded-For of one who is no trusted proxy names nobody', async () => {
    const { rig, visitor } = await rigWith();
    await visitor.signIn('alice', password, { 'x-forwarded-for': '203.0.113.5' });
    expect((await rig.auditRows())[0]?.address).toBe('127.0.0.1');
  });
});

describe('sessions', () => {
  test('one that has ended in the middle of a form is answered as such, and nothing is done', async () => {
    const { rig, visitor } = await rigWith();
    await rig.addApp('demo');
    await visitor.signIn('alice', password);
    rig.offsetMs += 3_600_001;
    expect((await visitor.call('changeApp', { body: { disabled: true } })).error?.code).toBe('not_signed_in');
    expect((await rig.mysql.app({ appId: 'demo' })).app?.disabled).toBe(false);
  });

  test('one in use lasts until its end and no longer', async () => {
    const { rig, visitor } = await rigWith();
    await visitor.signIn('alice', password);
    for (let n = 0; n < 23; n++) {
      rig.offsetMs += 1_800_000;
      expect((await visitor.call('session')).status).toBe(200);
    }
    rig.offsetMs += 1_800_000;
    expect((await visitor.call('session')).status).toBe(401);
  });
});

describe('passwords', () => {
  test('who was given one has to change it before anything else', async () => {
    const { rig, visitor } = await rigWith();
    await visitor.signIn('alice', password);
    const made = await visitor.call('createOperator', { body: { name: 'bob', rights: admin } });
    const given = made.body['password'] as string;
    expect(given.length).toBeGreaterThanOrEqual(16);
    const bob = rig.anonymous();
    expect((await bob.signIn('bob', given)).body['mustChangePassword']).toBe(true);
    expect((await bob.call('listApps')).error?.code).toBe('password_change_needed');
    const before = bob.cookie;
    const next = 'something quite else';
    const changed = await bob.call('changePassword', { body: { current: given, next } });
    expect(changed.body['mustChangePassword']).toBe(false);
    expect(bob.cookie).not.toBe(before);
    bob.csrf = changed.body['csrf'] as string;
    expect((await bob.call('listApps')).status).toBe(200);
    const old = rig.anonymous();
    old.cookie = before;
    expect((await old.call('session')).status).toBe(401);
    expect((await rig.anonymous().signIn('bob', given)).status).toBe(401);
    expect((await rig.anonymous().signIn('bob', next)).status).toBe(200);
    const text = JSON.stringify((await rig.mysql.listAudit({ before: null, limit: 200 })).rows);
    expect(text).toContain('changePassword');
    for (const secret of [password, given, next]) expect(text).not.toContain(secret);
  });

  test('a change where none is forced, one that is refused, and what is said of it', async () => {
    const { visitor } = await rigWith('alice', { LONGWIRE_FORCE_PASSWORD_CHANGE: 'false' });
    await visitor.signIn('alice', password);
    const change = async (current: string, next: string) =>
      (await visitor.call('changePassword', { body: { current, next } })).error;
    expect(await change('wrong', 'something quite else')).toMatchObject({ code: 'bad_credentials' });
    expect(await change(password, password)).toMatchObject({ code: 'bad_request', field: 'next' });
    expect(await change(password, 'my-Alice-password')).toMatchObject({ code: 'bad_request', field: 'next' });
    expect(await change(password, 'short')).toMatchObject({
      ...{ code: 'bad_request', field: 'next', allowed: expect.stringContaining('12') },
    });
    const made = await visitor.call('createOperator', { body: { name: 'bob', rights: [] } });
    expect((await visitor.signIn('bob', made.body['password'] as string)).body['mustChangePassword']).toBe(false);
  });

  test('a new one from an admin ends sessions and lock', async () => {
    const { rig, visitor } = await rigWith();
    await visitor.signIn('alice', password);
    const id = await rig.addOperator('bob', [{ right: 'viewer', app: '*' }], 'the password of bob');
    const bob = rig.anonymous();
    await bob.signIn('bob', 'the password of bob');
    for (let n = 0; n < 11; n++) await rig.anonymous().signIn('bob', 'no');
    const reset = await visitor.call('resetPassword', { params: { id } });
    // At another console, which may have seen the session a moment ago, within two seconds.
    rig.offsetMs += 2_001;
    expect((await bob.call('session')).status).toBe(401);
    expect((await bob.signIn('bob', reset.body['password'] as string)).body['mustChangePassword']).toBe(true);
  });
});
