import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LongwireError } from '../../../services/common/errors.ts';
import type { RouteRecord } from '../../../services/common/protocol/bus-records.ts';
import { ApiRig, topics } from './rig.ts';

describe('blacklist', () => {
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
  const black = (method: string, ...cids: string[]) => call(method, `/user/black/cid/${cids.join(',')}`);
  const success = { http: 200, code: 0, msg: 'success' };

  async function statusOfPush(cid: string): Promise<unknown> {
    const { data } = await call('POST', '/push/single/cid', rig.pushBody(cid));
    return (Object.values(data!)[0] as Record<string, string>)[cid];
  }

  it('keeps and marks devices, ends their connections, and pushes to them go nowhere', async () => {
    const [one, two] = [rig.addDevice(app, { online: true }), rig.addDevice(app)];
    rig.userRedis.connections.set(one, { node: 'n1', boot: 'b1', conn: 7 });
    expect(await black('POST', one, two, one)).toEqual(success);
    expect([...rig.userMysql.blacklist]).toEqual([`${app}/${one}`, `${app}/${two}`]);
    expect(rig.kicked).toEqual([7]);
    expect(await statusOfPush(one)).toBe('blacklisted');
    expect(rig.bus.records<RouteRecord>(topics.route)).toEqual([]);
    expect((await call('GET', `/user/status/${one}`)).data).toMatchObject({ [one]: { status: 'offline' } });
    expect(await black('DELETE', one)).toEqual(success);
    expect(await statusOfPush(one)).toBe('successed_offline');
    expect(rig.bus.records<RouteRecord>(topics.route)).toHaveLength(1);
    expect([...rig.userMysql.blacklist]).toEqual([`${app}/${two}`]);
  });

  it('leaves blacklisted devices out of a batch that has others, however much waits for them', async () => {
    const [free, full] = [rig.addDevice(app), rig.addDevice(app, { depth: 1_000_000 })];
    await black('POST', full);
    const msg_list = [rig.pushBody(free), rig.pushBody(full)];
    const { data } = await call('POST', '/push/single/batch/cid', { msg_list });
    const statuses = Object.assign({}, ...Object.values(data!));
    expect(statuses).toEqual({ [free]: 'successed_offline', [full]: 'blacklisted' });
    expect(rig.bus.records<RouteRecord>(topics.route).map(({ cids }) => cids)).toEqual([[free]]);
  });

  it('takes up to 200 devices, all of this app', async () => {
    const cids = Array.from({ length: 201 }, () => rig.identity.issueCid(app));
    expect(await black('POST', ...cids.slice(1))).toEqual(success);
    expect(await black('POST', ...cids)).toEqual({ http: 400, code: 20001, msg: 'cid size over limit' });
    const foreign = rig.addDevice(rig.addApp('app2'));
    for (const method of ['POST', 'DELETE']) {
      const answer = await black(method, rig.addDevice(app), foreign);
      expect(answer).toEqual({ http: 400, code: 20001, msg: 'target user is invalid' });
    }
    expect(rig.userMysql.blacklist.size).toBe(200);
    expect(await black('POST', ',')).toMatchObject({ http: 400, msg: 'cid can not be empty' });
  });

  it('answers 503 if one of the parts is away, and a repeat does the rest', async () => {
    const cid = rig.addDevice(app, { online: true });
    rig.userRedis.connections.set(cid, { node: 'n1', boot: 'b1', conn: 7 });
    const busy = { http: 503, code: 1 };
    rig.userMysql.away = true;
    expect(await black('POST', cid)).toMatchObject(busy);
    expect(await statusOfPush(cid)).toBe('successed_online');
    rig.userMysql.away = false;
    rig.userRedis.away = true;
    expect(await black('POST', cid)).toMatchObject(busy);
    rig.userRedis.away = false;
    rig.kickError = new LongwireError('timeout', 'kick: no answer');
    expect(await black('POST', cid)).toMatchObject(busy);
    rig.kickError = undefined;
    expect(await black('POST', cid)).toEqual(success);
    expect(rig.kicked).toEqual([7]);
  });
});
