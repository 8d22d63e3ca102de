import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiRig } from './rig.ts';

describe('details, device status and badges', () => {
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
  const many = (count: number) => Array.from({ length: count }, () => rig.identity.issueCid(app)).join(',');

  function addDetail(cid: string, platform: string, model: string | null = null): void {
    rig.userMysql.details.set(`${app}/${cid}`, { platform, model, registeredAt: 1_700_000_000_000, badge: 0 });
  }

  it('tells what is kept of devices, and which are not the app’s', async () => {
    const [phone, tablet, gone] = [rig.addDevice(app), rig.addDevice(app), rig.addDevice(app)];
    const foreign = rig.addDevice(rig.addApp('app2'));
    addDetail(phone, 'android', 'P 40');
    addDetail(tablet, 'ios');
    const kept = {
      ...{ client_app_id: app, package_name: '', device_token: '', notificationSwitch: true },
      ...{ createTime: '1700000000000', loginFreq: 0 },
    };
    const answer = await call('GET', `/user/detail/${[phone, gone, tablet, foreign, '__proto__'].join('%2C')}`);
    expect(answer).toEqual({
      ...success,
      data: {
        invalidCids: [gone, foreign, '__proto__'],
        validCids: {
          [phone]: { ...kept, phone_type: 1, phoneModel: 'P 40' },
          [tablet]: { ...kept, phone_type: 2, phoneModel: '' },
        },
      },
    });
    expect((await call('GET', `/user/detail/${many(1_000)}`)).code).toBe(0);
    expect(await call('GET', `/user/detail/${many(1_001)}`)).toMatchObject({ http: 400, msg: 'cid size over limit' });
    rig.userMysql.away = true;
    expect(await call('GET', `/user/detail/${phone}`)).toMatchObject({ http: 503 });
  });

  it('tells whether devices are online, of up to 100', async () => {
    const [on, off] = [rig.addDevice(app, { online: true }), rig.addDevice(app)];
    const unknown = rig.identity.issueCid(app);
    expect(await call('GET', `/user/deviceStatus/${on},${off},${unknown},x`)).toEqual({
      ...success,
      data: {
        [on]: { cid_status: 'online', device_status: 'online' },
        [off]: { cid_status: 'offline', device_status: 'offline' },
      },
    });
    expect((await call('GET', `/user/deviceStatus/${many(100)}`)).code).toBe(0);
    expect(await call('GET', `/user/deviceStatus/${many(101)}`)).toMatchObject({ msg: 'cid size over limit' });
  });

  it('sets badges and adds to them', async () => {
    const cid = rig.addDevice(app);
    addDetail(cid, 'ios');
    const badge = async (text: unknown, cids = cid) =>
      (await call('POST', `/user/badge/cid/${cids}`, { badge: text })).msg;
    const now = () => rig.userMysql.details.get(`${app}/${cid}`)?.badge;
    expect(await badge('5')).toBe('success');
    expect(await badge('+3')).toBe('success');
    expect(await badge('-1')).toBe('success');
    expect(now()).toBe(7);
    expect(await badge('-9')).toBe('success');
    expect(now()).toBe(0);
    for (const wrong of ['', '1.5', '++1', 'x', '- 1'])
      expect(await badge(wrong)).toMatch(/^badge (is invalid|can not be empty)$/);
    expect(await badge('1234567890')).toBe('badge is invalid');
    expect(await badge(5)).toBe('badge type error');
    expect(await badge(undefined)).toBe('badge can not be empty');
    expect(await badge('1', many(200))).toBe('success');
    expect(await badge('1', many(201))).toBe('cid size over limit');
    expect(await badge('1', rig.addDevice(rig.addApp('app2')))).toBe('target user is invalid');
  });
});
