import { describe, expect, test } from 'vitest';
import { ConsoleRig } from './rig.ts';

const admin = [{ right: 'admin' as const, app: '*' }];

describe('operators', () => {
  test('are made, listed in pages, changed and disabled; each is in the audit log', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    const rights = [{ right: 'sender', app: 'demo' }];
    const made = await visitor.call<{ operator: { id: string } }>('createOperator', { body: { name: 'bob', rights } });
    const { id } = made.body.operator;
    const again = await visitor.call('createOperator', { body: { name: 'Bob', rights } });
    expect(again.error).toMatchObject({ code: 'conflict', field: 'name' });
    const page = await visitor.call<{ items: { name: string }[]; next: string }>('listOperators', {
      query: { limit: 1 },
    });
    expect(page.body.items.map(({ name }) => name)).toEqual(['alice']);
    const rest = await visitor.call<{ items: { name: string }[] }>('listOperators', {
      query: { after: page.body.next },
    });
    expect(rest.body.items.map(({ name }) => name)).toEqual(['bob']);
    const changed = await visitor.call('changeOperator', { params: { id }, body: { disabled: true, rights: [] } });
    expect(changed.body).toMatchObject({ name: 'bob', disabled: true, rights: [] });
    expect((await visitor.call('changeOperator', { params: { id: '999' } })).error?.code).toBe('not_found');
    const { items } = (await visitor.call<{ items: unknown[] }>('audit')).body;
    expect(items).toMatchObject([
      { operator: 'alice', action: 'changeOperator', target: '999', result: 'failed', detail: { code: 'not_found' } },
      { operator: 'alice', action: 'changeOperator', target: 'bob', result: 'done', detail: { disabled: true } },
      { operator: 'alice', action: 'createOperator', target: 'Bob', result: 'failed', detail: { code: 'conflict' } },
      { operator: 'alice', action: 'createOperator', target: 'bob', result: 'done', detail: { rights } },
    ]);
  });

  test('nobody disables the own account, or takes the last admin', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    const { operators } = await rig.mysql.listOperators({ after: null, limit: 1 });
    const params = { id: operators[0]!.id };
    for (const body of [{ disabled: true }, { rights: [] }]) {
      expect((await visitor.call('changeOperator', { params, body })).error?.code).toBe('conflict');
    }
  });
});

describe('apps', () => {
  test('secrets are shown when they are made, and nowhere else', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    const made = await visitor.call<Record<string, string>>('createApp', { body: { name: 'Shop' } });
    const { appId, masterSecret, appSecret } = made.body as { appId: string; masterSecret: string; appSecret: string };
    const params = { app: appId };
    const body = { which: 'master', graceMs: 60_000 };
    const rotated = await visitor.call<{ secret: string }>('rotateSecret', { params, body });
    const { app } = await rig.mysql.app({ appId });
    expect(app).toMatchObject({
      masterSecret: rotated.body.secret,
      oldMasterSecret: { secret: masterSecret },
      appSecret,
    });
    const shown = [await visitor.call('app', { params }), await visitor.call('listApps'), await visitor.call('audit')];
    for (const { text } of shown) {
      for (const secret of [masterSecret, appSecret, rotated.body.secret]) expect(text).not.toContain(secret);
    }
  });

  test('an app shows its quotas with what is used; without the users’ Redis the rest', async () => {
    const rig = await ConsoleRig.start();
    await rig.addApp('demo');
    const visitor = await rig.visitor('alice', admin);
    const body = { quotas: { pushesPerDay: 7 }, callbackUrl: 'https://example.com/cb' };
    const { quotas, callbackUrl } = (
      await visitor.call<{ quotas: { name: string }[]; callbackUrl: string }>('changeApp', { body })
    ).body;
    expect(callbackUrl).toBe('https://example.com/cb');
    const of = (name: string) => quotas.find((one) => one.name === name);
    expect(of('pushesPerDay')).toEqual({
      name: 'pushesPerDay',
      per: 'day',
      limit: 7,
      default: 1_000_000_000,
      used: 12,
    });
    expect(of('callsPerMinute')).toEqual({
      name: 'callsPerMinute',
      per: 'minute',
      limit: null,
      default: null,
      used: null,
    });
    rig.away.add('user-redis');
    const without = await visitor.call<{ quotas: { used: unknown }[] }>('app');
    expect(without.status).toBe(200);
    expect(without.body.quotas.every(({ used }) => used === null)).toBe(true);
    const back = await visitor.call('changeApp', { body: { quotas: { pushesPerDay: null }, callbackUrl: null } });
    expect(back.body).toMatchObject({ callbackUrl: null });
    expect((await visitor.call('app', { params: { app: 'none' } })).error?.code).toBe('not_found');
  });
});

describe('a role that is away', () => {
  test('user-mysql: who is signed in still looks at what needs it not, changes nothing, and is told who is away', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    expect((await visitor.call('session')).status).toBe(200);
    rig.away.add('user-mysql');
    rig.offsetMs += 5_000;
    const unavailable = { status: 503, error: { code: 'unavailable', role: 'user-mysql' } };
    expect((await visitor.call('session')).status).toBe(200);
    expect(await visitor.call('listApps')).toMatchObject(unavailable);
    expect(await visitor.call('createApp')).toMatchObject(unavailable);
    expect(await rig.anonymous().call('signIn')).toMatchObject(unavailable);
    rig.offsetMs += 600_001;
    expect(await visitor.call('session')).toMatchObject(unavailable);
    rig.away.clear();
    expect((await visitor.call('session')).status).toBe(200);
  });

  test('while the audit log can’t be written nothing is changed, and what was done before is in it later', async () => {
    const rig = await ConsoleRig.start();
    const visitor = await rig.visitor('alice', admin);
    rig.away.add('audit');
    expect((await visitor.call('createApp', { body: { name: 'under way' } })).status).toBe(200);
    const refused = await visitor.call('createApp', { body: { name: 'refused' } });
    expect(refused).toMatchObject({ status: 503, error: { code: 'unavailable', role: 'user-mysql' } });
    expect((await rig.mysql.listApps({ after: '', limit: 9 })).apps.map(({ name }) => name)).toEqual(['under way']);
    expect((await visitor.call('listApps')).status).toBe(200);
    rig.away.clear();
    await expect.poll(() => rig.auditRows({ action: 'createApp' }), { timeout: 15_000 }).toHaveLength(2);
    expect((await visitor.call('createApp')).status).toBe(200);
    const rows = await rig.auditRows({ action: 'createApp' });
    expect(rows.map(({ result }) => result)).toEqual(['done', 'failed', 'done']);
  });
});
