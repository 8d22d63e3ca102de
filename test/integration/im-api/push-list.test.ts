import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteRecord, TaskRecord } from '../../../services/common/protocol/bus-records.ts';
import { ApiRig, topics } from './rig.ts';

describe('pushes to lists', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const post = (path: string, body: unknown) => rig.call('POST', `/v2/${app}/push/list/${path}`, { token, body });
  const save = async (more: Record<string, unknown> = {}): Promise<string> => {
    const body = { request_id: rig.requestId(), push_message: { transmission: 'hi' }, audience: 'all', ...more };
    return String((await post('message', body)).data?.['taskid']);
  };
  const routed = () => rig.bus.records<RouteRecord>(topics.route);

  it('a saved message answers its id, the same to a repeat, and publishes nothing', async () => {
    const body = { request_id: rig.requestId(), push_message: { transmission: 'hi' }, group_name: 'g' };
    const first = await post('message', body);
    expect(first).toEqual({ http: 200, code: 0, msg: 'success', data: { taskid: expect.stringMatching(/^RASL_/) } });
    expect(await post('message', body)).toEqual(first);
    expect(rig.bus.published).toEqual([]);
    expect([...rig.userMysql.saved.values()]).toMatchObject([{ app, kind: 'list', stored: true, group: 'g' }]);
  });

  it('a list becomes one record a partition, with the same ids when it is repeated in another order', async () => {
    const taskid = await save({ settings: { ttl: 60_000 } });
    const cids = Array.from({ length: 100 }, (_, index) => rig.addDevice(app, { online: index === 0 }));
    const answer = await post('cid', { taskid, audience: { cid: cids } });
    const offline = Object.fromEntries(cids.map((cid) => [cid, 'successed_offline']));
    expect(answer.data).toEqual({ [taskid]: { ...offline, [cids[0]!]: 'successed_online' } });
    const records = routed();
    expect(rig.bus.published.length).toBeLessThanOrEqual(16);
    expect(records.flatMap((record) => record.cids).sort()).toEqual([...cids].sort());
    for (const record of records) expect(record).toMatchObject({ app, task: taskid, once: true, stored: true });
    expect(new Set(records.map(({ exp, at }) => exp - at))).toEqual(new Set([60_000]));
    await post('cid', { taskid, audience: { cid: cids.toReversed() } });
    const again = routed().slice(records.length);
    expect(again.map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort());
    expect(new Set(again.map(({ body }) => body))).toEqual(new Set(records.map(({ body }) => body)));
  });

  it('foreign and unknown cids are answered as not found, and get nothing', async () => {
    const taskid = await save();
    const foreign = rig.identity.issueCid('app2');
    const own = rig.addDevice(app);
    const { data } = await post('cid', { taskid, audience: { cid: [own, foreign, 'x'] } });
    expect(data).toEqual({ [taskid]: { [own]: 'successed_offline', [foreign]: 'not_found', x: 'not_found' } });
    expect(routed().map(({ cids }) => cids)).toEqual([[own]]);
    expect((await post('cid', { taskid, audience: { cid: ['x'] } })).data).toEqual({ [taskid]: { x: 'not_found' } });
  });

  it('aliases are answered by cid, or in detail by alias and cid; one that nobody has is not found', async () => {
    const taskid = await save();
    const [one, two] = [rig.addDevice(app), rig.addDevice(app)];
    rig.userMysql.aliases.set(`${app}/${one}`, 'a').set(`${app}/${two}`, 'a');
    const audience = { alias: ['a', 'nobody'] };
    const statuses = { [one]: 'successed_offline', [two]: 'successed_offline' };
    const plain = await post('alias', { taskid, audience });
    expect(plain.data).toEqual({ [taskid]: { ...statuses, nobody: 'not_found' } });
    const detailed = await post('alias', { taskid, audience, need_alias_detail: true });
    expect(detailed.data).toEqual({ [taskid]: { a: statuses, nobody: {} } });
  });

  it('an async list goes to the planner, and is answered without data', async () => {
    const taskid = await save();
    const own = rig.addDevice(app);
    const answer = await post('cid', { taskid, is_async: true, audience: { cid: [own, 'x'] } });
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success' });
    await post('alias', { taskid, is_async: true, audience: { alias: ['a', 'b'] } });
    const tasks = rig.bus.records<TaskRecord>(topics.task);
    expect(tasks.map(({ audience }) => audience)).toEqual([{ cids: [own] }, { aliases: ['a', 'b'] }]);
    for (const task of tasks) expect(task).toMatchObject({ task: taskid, once: true });
  });

  it('a message with ttl -1 can be pushed later, each time for the moment', async () => {
    const taskid = await save({ settings: { ttl: -1 } });
    rig.offsetMs += 3_600_000;
    await post('cid', { taskid, audience: { cid: [rig.addDevice(app)] } });
    const [record] = routed();
    expect(record!.stored).toBe(false);
    expect(record!.exp - rig.now()).toBeGreaterThan(9_000);
  });

  it('a device for which too much waits refuses the list, and nothing is published', async () => {
    const taskid = await save();
    const full = rig.addDevice(app, { depth: 10_000 });
    const answer = await post('cid', { taskid, audience: { cid: [rig.addDevice(app), full] } });
    expect([answer.http, answer.code, answer.msg.includes(full)]).toEqual([403, 30019, true]);
    expect(rig.bus.published).toEqual([]);
  });

  it('a bad list is refused, naming what is wrong', async () => {
    const taskid = await save({ settings: { ttl: 60_000 } });
    const cid = rig.addDevice(app);
    const many = Array.from({ length: 1_001 }, (_, index) => `c${index}`);
    const cases: [string, Record<string, unknown>, string][] = [
      ['cid', { audience: { cid: [cid] } }, 'taskid can not be empty'],
      ['cid', { taskid: 7, audience: { cid: [cid] } }, 'taskid type error'],
      ['cid', { taskid: 'RASL_nobody', audience: { cid: [cid] } }, 'taskid is invalid'],
      ['cid', { taskid: 'a b', audience: { cid: [cid] } }, 'taskid is invalid'],
      ['cid', { taskid }, 'audience can not be empty'],
      ['cid', { taskid, audience: { cid: [] } }, 'audience.cid can not be empty'],
      ['cid', { taskid, audience: { cid: [cid, cid] } }, 'contains duplicate cid'],
      ['cid', { taskid, audience: { cid: many } }, 'audience.cid size over limit'],
      ['alias', { taskid, audience: { alias: ['a', 'a'] } }, 'contains duplicate alias'],
      ['alias', { taskid, audience: { alias: ['a b'] } }, 'audience.alias[0] is invalid'],
      ['alias', { taskid, audience: { alias: many } }, 'audience.alias size over limit'],
      ['cid', { taskid, is_async: 'yes', audience: { cid: [cid] } }, 'is_async type error'],
      ['message', { push_message: { transmission: 'x' } }, 'request_id can not be empty'],
    ];
    for (const [path, body, msg] of cases) {
      const answer = await post(path, body);
      expect([answer.http, answer.code, answer.msg]).toEqual([400, 20001, msg]);
    }
    const other = rig.addApp('app2');
    const foreign = await rig.call('POST', `/v2/${other}/push/list/cid`, {
      token: await rig.token(other),
      body: { taskid, audience: { cid: ['x'] } },
    });
    expect(foreign.msg).toBe('taskid is invalid');
    rig.offsetMs += 60_001;
    expect((await post('cid', { taskid, audience: { cid: [cid] } })).msg).toBe('taskid is invalid');
  });

  it('a stopped task is taken back until its message would have expired, and can be pushed no more', async () => {
    const taskid = await save({ settings: { ttl: 60_000 } });
    const stop = (id: string, more = {}) => rig.call('DELETE', `/v2/${app}/task/${id}`, { token, ...more });
    expect(await stop(taskid, { body: 'null' })).toEqual({ http: 200, code: 0, msg: 'success' });
    expect(await stop(taskid)).toEqual({ http: 200, code: 0, msg: 'success' });
    const until = rig.userMysql.saved.get(`${app}/${taskid}`)!.exp;
    expect(rig.userRedis.stopped).toEqual([
      { task: taskid, until },
      { task: taskid, until },
    ]);
    const again = await post('cid', { taskid, audience: { cid: [rig.addDevice(app)] } });
    expect(again).toMatchObject({ http: 400, code: 20001, msg: 'taskid is invalid' });
  });

  it('single, foreign and unknown tasks can not be stopped', async () => {
    const cid = rig.addDevice(app);
    const single = await rig.call('POST', `/v2/${app}/push/single/cid`, { token, body: rig.pushBody(cid) });
    const other = rig.addApp('app2');
    const foreign = await save();
    const refused = { http: 400, code: 20001, msg: 'taskid is invalid' };
    for (const id of [Object.keys(single.data!)[0], 'RASL_nobody', 'a%20b']) {
      expect(await rig.call('DELETE', `/v2/${app}/task/${id}`, { token })).toMatchObject(refused);
    }
    const long = await rig.call('DELETE', `/v2/${app}/task/${'x'.repeat(65)}`, { token });
    expect(long).toMatchObject({ ...refused, msg: 'taskid size over limit' });
    const otherToken = await rig.token(other);
    expect(await rig.call('DELETE', `/v2/${other}/task/${foreign}`, { token: otherToken })).toMatchObject(refused);
    expect(rig.userRedis.stopped).toEqual([]);
  });

  it('is busy while what was saved cannot be read, and accepts nothing', async () => {
    const taskid = await save();
    rig.userMysql.away = true;
    expect(await post('cid', { taskid, audience: { cid: [rig.addDevice(app)] } })).toMatchObject({
      http: 503,
      code: 1,
    });
    expect(rig.bus.published).toEqual([]);
  });
});
