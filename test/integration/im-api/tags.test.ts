import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiRig } from './rig.ts';

describe('tags', () => {
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

  it('replaces, reads and clears the tags of a device', async () => {
    const cid = rig.addDevice(app);
    const path = `/user/custom_tag/cid/${cid}`;
    expect(await call('POST', path, { custom_tag: ['vip', '北京', 'vip'] })).toEqual(success);
    expect(await call('GET', path)).toEqual({ ...success, data: { [cid]: ['vip 北京'] } });
    expect(await call('POST', path, { custom_tag: ['new'] })).toEqual(success);
    expect(await call('GET', path)).toEqual({ ...success, data: { [cid]: ['new'] } });
    expect(await call('POST', path, { custom_tag: [] })).toEqual(success);
    expect(await call('GET', path)).toEqual({ ...success, data: { [cid]: [''] } });
  });

  it('gives a tag to devices and takes it away, and says for each whether it did', async () => {
    const [one, full, foreign] = [rig.addDevice(app), rig.addDevice(app), rig.addDevice(rig.addApp('app2'))];
    rig.userMysql.tags.missing.add(full);
    const path = `/user/custom_tag/batch/${encodeURIComponent('会员/1')}`;
    const body = { cid: [one, full, foreign, one, 'x'] };
    const data = { [one]: 'true', [full]: 'false', [foreign]: 'false', x: 'false' };
    expect(await call('PUT', path, body)).toEqual({ ...success, data });
    expect((await call('GET', `/user/custom_tag/cid/${one}`)).data).toEqual({ [one]: ['会员/1'] });
    expect(await call('DELETE', path, { cid: [one] })).toEqual({ ...success, data: { [one]: 'true' } });
    expect((await call('GET', `/user/custom_tag/cid/${one}`)).data).toEqual({ [one]: [''] });
    const nothing = { http: 400, code: 23001, msg: 'tag operation failed for every cid' };
    expect(await call('PUT', path, { cid: [full, foreign] })).toEqual(nothing);
    expect(await call('DELETE', path, { cid: [foreign] })).toEqual(nothing);
  });

  it('refuses tags and lists that are against the rules, each with its code', async () => {
    const cid = rig.addDevice(app);
    const set = async (custom_tag: unknown) => {
      const { http, code, msg } = await call('POST', `/user/custom_tag/cid/${cid}`, { custom_tag });
      return [http, code, msg];
    };
    const many = (count: number, length: number) =>
      Array.from({ length: count }, (_none, index) => String(index).padStart(length, 'x'));
    expect(await set(['a b'])).toEqual([403, 30003, 'custom_tag[0] is invalid']);
    expect(await set(['a', ''])).toEqual([403, 30003, 'custom_tag[1] is invalid']);
    expect(await set(['字'.repeat(32)])).toEqual([200, 0, 'success']);
    expect(await set(['字'.repeat(33)])).toEqual([403, 30005, 'custom_tag[0] size over limit']);
    expect(await set(many(100, 5))).toEqual([200, 0, 'success']);
    expect(await set(many(101, 3))).toEqual([403, 30016, 'custom_tag size over limit']);
    expect(await set(many(16, 32))).toEqual([200, 0, 'success']);
    expect(await set([...many(16, 32), 'x'])).toEqual([403, 30005, 'custom_tag size over limit']);
    expect(await set(undefined)).toEqual([400, 20001, 'custom_tag can not be empty']);
    expect(await set('a')).toEqual([400, 20001, 'custom_tag type error']);
    expect(await set([7])).toEqual([400, 20001, 'custom_tag[0] type error']);
    const put = (tag: string, cids: unknown) => call('PUT', `/user/custom_tag/batch/${tag}`, { cid: cids });
    expect(await put('a%20b', [cid])).toEqual({ http: 403, code: 30003, msg: 'tag is invalid' });
    expect(await put('x'.repeat(33), [cid])).toEqual({ http: 403, code: 30005, msg: 'tag size over limit' });
    expect(await put('a', [])).toMatchObject({ http: 400, msg: 'cid can not be empty' });
    expect(await put('a', Array(1_001).fill(cid))).toMatchObject({ http: 400, msg: 'cid size over limit' });
    expect(await put('a', cid)).toMatchObject({ http: 400, msg: 'cid type error' });
  });

  it("refuses another app's device, and one that is not there", async () => {
    const foreign = rig.addDevice(rig.addApp('app2'));
    const gone = rig.addDevice(app);
    rig.userMysql.tags.missing.add(gone);
    expect(await call('POST', `/user/custom_tag/cid/${foreign}`, { custom_tag: ['a'] })).toEqual(notOwn);
    expect(await call('POST', `/user/custom_tag/cid/${gone}`, { custom_tag: ['a'] })).toEqual(notOwn);
    expect(await call('GET', `/user/custom_tag/cid/${foreign}`)).toEqual(notOwn);
  });

  it('refuses the 6001st change in a minute, and not while changes cannot be counted', async () => {
    const path = `/user/custom_tag/cid/${rig.addDevice(app)}`;
    for (let count = 0; count < 6_000; count++) {
      await rig.userRedis.countRate({ app, name: 'tag', windowMs: 3_600_000 });
    }
    const real = rig.userRedis.countRate;
    rig.userRedis.countRate = (request, options) => real({ ...request, windowMs: 3_600_000 }, options);
    expect(await call('POST', path, { custom_tag: ['a'] })).toMatchObject({ http: 403, code: 30012 });
    rig.userRedis.away = true;
    expect(await call('POST', path, { custom_tag: ['a'] })).toEqual(success);
  });

  it('counts devices by an expression, over as many calls as it takes', async () => {
    const cids = Array.from({ length: 7 }, () => rig.addDevice(app));
    await call('PUT', '/user/custom_tag/batch/a', { cid: cids });
    await call('PUT', '/user/custom_tag/batch/b', { cid: cids.slice(5) });
    const count = (tag: unknown) => call('POST', '/user/count', { tag });
    const a = { key: 'custom_tag', values: ['a'], opt_type: 'or' };
    expect(await count([a])).toEqual({ ...success, data: { user_count: 7 } });
    expect((await count([a, { ...a, values: ['b'], opt_type: 'not' }])).data).toEqual({ user_count: 5 });
    const fault = async (tag: unknown) => (await count(tag)).msg;
    expect(await fault(undefined)).toBe('tag can not be empty');
    expect(await fault([])).toBe('tag can not be empty');
    expect(await fault(Array(21).fill(a))).toBe('tag size over limit');
    expect(await fault([{ ...a, key: 'city' }])).toBe('tag[0].key is invalid');
    expect(await fault([{ ...a, key: undefined }])).toBe('tag[0].key can not be empty');
    expect(await fault([{ ...a, opt_type: 'xor' }])).toBe('tag[0].opt_type is invalid');
    expect(await fault([{ ...a, values: [] }])).toBe('tag[0].values can not be empty');
    expect(await fault([{ ...a, values: [1] }])).toBe('tag[0].values[0] type error');
    expect(await fault([{ ...a, values: Array(101).fill('a') }])).toBe('tag[0].values size over limit');
    expect(await fault([{ ...a, values: ['x'.repeat(65)] }])).toBe('tag[0].values[0] size over limit');
  });

  it('answers 503 while user-mysql is away', async () => {
    const cid = rig.addDevice(app);
    rig.userMysql.away = true;
    const busy = { http: 503, code: 1 };
    expect(await call('POST', `/user/custom_tag/cid/${cid}`, { custom_tag: ['a'] })).toMatchObject(busy);
    expect(await call('PUT', '/user/custom_tag/batch/a', { cid: [cid] })).toMatchObject(busy);
    expect(
      await call('POST', '/user/count', { tag: [{ key: 'custom_tag', values: ['a'], opt_type: 'or' }] }),
    ).toMatchObject(busy);
  });
});
