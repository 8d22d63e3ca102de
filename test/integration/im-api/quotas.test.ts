import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Quotas } from '../../../services/common/protocol/quotas.ts';
import { ApiRig, topics } from './rig.ts';

const dayMs = 86_400_000;

describe('quotas', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;
  let cid: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    cid = rig.addDevice(app);
    // At the start of a day, so that no window ends within a test.
    rig.offsetMs += dayMs - (rig.now() % dayMs);
  });
  afterEach(() => rig.stop());

  const limit = async (quotas: Quotas) => {
    rig.userMysql.apps.set(app, { ...rig.userMysql.apps.get(app)!, quotas });
    token = await rig.token(app);
  };
  const push = (body = rig.pushBody(cid)) => rig.call('POST', `/v2/${app}/push/single/cid`, { token, body });
  const batch = (count: number, isAsync = false) =>
    rig.call('POST', `/v2/${app}/push/single/batch/cid`, {
      token,
      body: { is_async: isAsync, msg_list: Array.from({ length: count }, () => rig.pushBody(cid)) },
    });
  const published = () => rig.bus.published.length;

  it('refuses single pushes past the day’s, publishes nothing of them, and serves the next day', async () => {
    await limit({ pushesPerDay: 3 });
    for (let count = 0; count < 3; count++) expect((await push()).code).toBe(0);
    expect(await push()).toMatchObject({ http: 403, code: 30009 });
    expect(published()).toBe(3);
    rig.offsetMs += dayMs;
    token = await rig.token(app);
    expect((await push()).code).toBe(0);
  });

  it('counts each message of a batch, and takes all or none', async () => {
    await limit({ pushesPerDay: 3 });
    expect((await batch(2)).code).toBe(0);
    expect((await batch(2)).code).toBe(30009);
    expect((await batch(2, true)).code).toBe(30009);
    expect((await batch(1, true)).code).toBe(0);
    expect(published()).toBe(3);
  });

  it('counts a repeated request_id once, and one that was refused not at all', async () => {
    await limit({ pushesPerDay: 1 });
    const body = rig.pushBody(cid);
    const first = await push(body);
    expect(await push(body)).toEqual(first);
    const refused = rig.pushBody(cid);
    expect((await push(refused)).code).toBe(30009);
    rig.offsetMs += dayMs;
    token = await rig.token(app);
    expect((await push(refused)).code).toBe(0);
  });

  it('gives back what was taken when the bus takes nothing', async () => {
    await limit({ pushesPerDay: 1 });
    rig.bus.away = true;
    expect((await push()).http).toBe(503);
    rig.bus.away = false;
    expect((await push()).code).toBe(0);
    expect((await push()).code).toBe(30009);
  });

  it('counts the devices of a list, and reports what is left', async () => {
    await limit({ listPerDay: 3, allPerDay: 7 });
    const saved = await rig.call('POST', `/v2/${app}/push/list/message`, {
      token,
      body: { request_id: rig.requestId(), push_message: { transmission: 'x' } },
    });
    const list = (cids: string[]) =>
      rig.call('POST', `/v2/${app}/push/list/cid`, {
        token,
        body: { taskid: saved.data?.['taskid'], audience: { cid: cids } },
      });
    expect((await list([cid, rig.addDevice(app)])).code).toBe(0);
    expect(await list([rig.addDevice(app), rig.addDevice(app)])).toMatchObject({ http: 403, code: 30008 });
    expect((await rig.call('GET', `/v2/${app}/report/push/count`, { token })).data).toEqual({
      gt: {
        app: { total_num: 7, push_num: 0, remain_num: 7, limit: false },
        app_with_tag: { total_num: 100_000, push_num: 0, remain_num: 100_000, limit: false },
        list: { total_num: 3, push_num: 2, remain_num: 1, limit: false },
      },
    });
    expect(rig.bus.records(topics.route).length).toBeLessThanOrEqual(2);
  });

  it('counts pushes to tags by the day, and with others to the app by the minute', async () => {
    await limit({ tagPerDay: 2, appPushesPerMinute: 1 });
    const tag = () =>
      rig.call('POST', `/v2/${app}/push/fast_custom_tag`, {
        token,
        body: {
          request_id: rig.requestId(),
          audience: { fast_custom_tag: 'vip' },
          push_message: { transmission: 'x' },
        },
      });
    expect((await tag()).code).toBe(0);
    expect(await tag()).toMatchObject({ http: 403, code: 30014 });
    rig.offsetMs += 60_000;
    expect((await tag()).code).toBe(0);
    rig.offsetMs += 60_000;
    expect(await tag()).toMatchObject({ http: 403, code: 30010 });
    expect(published()).toBe(2);
  });

  it('refuses calls of any kind past the minute’s, by 10005', async () => {
    await limit({ callsPerMinute: 2 });
    const status = () => rig.call('GET', `/v2/${app}/user/status/${cid}`, { token });
    expect((await status()).code).toBe(0);
    expect((await push()).code).toBe(0);
    expect(await status()).toMatchObject({ http: 401, code: 10005 });
    rig.offsetMs += 60_000;
    expect((await status()).code).toBe(0);
  });

  it('lets pushes through while nothing can be counted', async () => {
    await limit({ pushesPerDay: 0 });
    expect((await push()).code).toBe(30009);
    rig.userRedis.away = true;
    expect((await push()).code).toBe(0);
    expect(await rig.registry.metrics()).toMatch(/longwire_api_failed_open_total\{lookup="take_quota"\} 1/);
  });
});
