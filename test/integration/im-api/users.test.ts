import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiRig } from './rig.ts';

describe('users and reports', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const call = (method: string, path: string, body?: unknown) => rig.call(method, `/v2/${app}${path}`, { token, body });
  const success = { http: 200, code: 0, msg: 'success' };
  const notOwn = { http: 400, code: 20001, msg: 'target user is invalid' };

  it('binds, looks up, rebinds and unbinds aliases', async () => {
    const [one, two] = [rig.addDevice(app), rig.addDevice(app)];
    const list = [
      { cid: one, alias: '张三_1' },
      { cid: two, alias: '张三_1' },
    ];
    expect(await call('POST', '/user/alias', { data_list: list })).toEqual(success);
    const alias = encodeURIComponent('张三_1');
    expect(await call('GET', `/user/cid/alias/${alias}`)).toEqual({ ...success, data: { cid: [one, two] } });
    expect(await call('GET', `/user/alias/cid/${one}`)).toEqual({ ...success, data: { alias: '张三_1' } });
    await call('POST', '/user/alias', { data_list: [{ cid: one, alias: 'li4' }] });
    expect(await call('GET', `/user/alias/cid/${one}`)).toEqual({ ...success, data: { alias: 'li4' } });
    expect(await call('DELETE', '/user/alias', { data_list: [{ cid: one, alias: 'li4' }] })).toEqual(success);
    expect(await call('GET', `/user/alias/cid/${one}`)).toEqual({ ...success, data: { alias: '' } });
    expect(await call('DELETE', `/user/alias/${alias}`)).toEqual(success);
    expect(await call('GET', `/user/cid/alias/${alias}`)).toEqual({ ...success, data: { cid: [] } });
  });

  it('takes aliases as they are given: two spellings that look the same are two aliases, and accents are refused in either form', async () => {
    const [one, two] = [rig.addDevice(app), rig.addDevice(app)];
    const [compatible, plain] = ['\uf900', '\u8c48'];
    expect(compatible.normalize('NFC')).toBe(plain);
    const list = [
      { cid: one, alias: compatible },
      { cid: two, alias: plain },
    ];
    expect(await call('POST', '/user/alias', { data_list: list })).toEqual(success);
    for (const { cid, alias } of list) {
      const found = await call('GET', `/user/cid/alias/${encodeURIComponent(alias)}`);
      expect(found).toEqual({ ...success, data: { cid: [cid] } });
    }
    for (const form of ['NFC', 'NFD']) {
      const answer = await call('POST', '/user/alias', {
        data_list: [{ cid: one, alias: 'caf\u00e9'.normalize(form) }],
      });
      expect([answer.http, answer.code]).toEqual([400, 20001]);
    }
  });

  it('refuses a path that is not UTF-8, half of a surrogate pair among it', async () => {
    for (const path of ['/user/cid/alias/a%ED%A0%80', '/user/cid/alias/a%FF']) {
      expect(await call('GET', path)).toMatchObject({ http: 400, code: 20001, msg: 'path is invalid' });
    }
  });

  it('takes lists in a path with blanks and empty entries, encoded or not', async () => {
    const [one, two] = [rig.addDevice(app), rig.addDevice(app)];
    for (const list of [`${one},${two}`, `${one},%20${two},`, `,${one}%2C%20%20${two}`, `${one},,${two}`]) {
      const { data } = await call('GET', `/user/status/${list}`);
      expect(Object.keys(data as object).sort(), list).toEqual([one, two].sort());
    }
  });

  it('refuses aliases and lists that are against the rules', async () => {
    const cid = rig.addDevice(app);
    const bind = async (data_list: unknown) => (await call('POST', '/user/alias', { data_list })).msg;
    expect(await bind([{ cid, alias: 'a b' }])).toBe('data_list[0].alias is invalid');
    expect(await bind([{ cid, alias: '字'.repeat(40) }])).toBe('data_list[0].alias size over limit');
    expect(await bind([{ cid, alias: '字'.repeat(39) }])).toBe('success');
    expect(await bind([{ cid, alias: '' }])).toBe('data_list[0].alias can not be empty');
    expect(await bind([{ cid, alias: 7 }])).toBe('data_list[0].alias type error');
    expect(await bind([{ cid }])).toBe('data_list[0].alias can not be empty');
    expect(await bind(undefined)).toBe('data_list can not be empty');
    expect(await bind([])).toBe('data_list can not be empty');
    expect(await bind(Array(1_001).fill({ cid, alias: 'a' }))).toBe('data_list size over limit');
    expect(await bind([...Array(2).fill({ cid, alias: 'a' })])).toBe('contains duplicate cid');
    expect(await call('GET', '/user/cid/alias/a!')).toMatchObject({ http: 400, msg: 'alias is invalid' });
  });

  it('refuses the eleventh device of an alias, and binds none of that list', async () => {
    const cids = Array.from({ length: 11 }, () => rig.addDevice(app));
    const data_list = cids.map((cid) => ({ cid, alias: 'crowd' }));
    expect(await call('POST', '/user/alias', { data_list })).toMatchObject({ http: 400, code: 20001 });
    expect((await call('GET', '/user/cid/alias/crowd')).data).toEqual({ cid: [] });
    expect((await call('POST', '/user/alias', { data_list: data_list.slice(1) })).code).toBe(0);
  });

  it("refuses another app's devices", async () => {
    const cid = rig.addDevice(rig.addApp('app2'));
    for (const method of ['POST', 'DELETE']) {
      expect(await call(method, '/user/alias', { data_list: [{ cid, alias: 'a' }] })).toEqual(notOwn);
    }
    expect(await call('GET', `/user/alias/cid/${cid}`)).toEqual(notOwn);
  });

  it('answers 503 for aliases while user-mysql is away', async () => {
    const cid = rig.addDevice(app);
    rig.userMysql.away = true;
    const answer = await call('POST', '/user/alias', { data_list: [{ cid, alias: 'a' }] });
    expect(answer).toMatchObject({ http: 503, code: 1 });
  });

  it('tells the status of 1000 devices, in a path with raw or encoded commas, and leaves unknown ones out', async () => {
    const at = rig.now() - 5_000;
    const online = rig.addDevice(app, { online: true, attachedAt: at });
    const away = rig.addDevice(app, { attachedAt: null });
    rig.userMysql.times.set(`${app}/${away}`, { registeredAt: at, lastLoginAt: at - 1 });
    const data = {
      [online]: { last_login_time: String(at), status: 'online' },
      [away]: { last_login_time: String(at - 1), status: 'offline' },
    };
    const unknown = rig.identity.issueCid(app);
    const foreign = rig.addDevice(rig.addApp('app2'), { online: true });
    const fill = Array.from({ length: 995 }, () => rig.identity.issueCid(app));
    const cids = [online, away, unknown, foreign, 'x', ...fill];
    for (const comma of [',', '%2C']) {
      expect(await call('GET', `/user/status/${cids.join(comma)}`)).toEqual({ ...success, data });
    }
    const tooMany = await call('GET', `/user/status/${[...cids, online].join(',')}`);
    expect(tooMany).toEqual({ http: 400, code: 20001, msg: 'cid size over limit' });
    expect(await call('GET', '/user/status/,')).toMatchObject({ http: 400, msg: 'cid can not be empty' });
  });

  it('reports how far tasks got, and leaves unknown ones out', async () => {
    rig.userMysql.counts.set(`${app}/RASS_1`, [
      { event: 'target', count: 5 },
      { event: 'sent', count: 4 },
      { event: 'arrived', count: 3 },
      { event: 'shown', count: 2 },
      { event: 'clicked', count: 1 },
      { event: 'custom:90001', count: 6 },
    ]);
    const total = { msg_num: 5, target_num: 4, receive_num: 3, display_num: 2, click_num: 1 };
    expect(await call('GET', '/report/push/task/RASS_1,RASS_2,__proto__,a.b')).toEqual({
      ...success,
      data: { RASS_1: { total, gt: total, actionCntMap: { '90001': 6 } } },
    });
    const many = Array.from({ length: 201 }, (_one, index) => `t${index}`).join(',');
    expect(await call('GET', `/report/push/task/${many}`)).toMatchObject({ http: 400, msg: 'taskid size over limit' });
  });
});
