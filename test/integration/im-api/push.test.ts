import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteRecord, TaskRecord } from '../../../services/common/protocol/bus-records.ts';
import { partitionOf } from '../../../services/common/protocol/positions.ts';
import { singleTaskId } from '../../../services/common/protocol/task-ids.ts';
import { ApiRig, hourMs, topics } from './rig.ts';

const dayMs = 24 * hourMs;

describe('pushes', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const push = (body: unknown, path = 'cid') => rig.call('POST', `/v2/${app}/push/single/${path}`, { token, body });
  const routed = () => rig.bus.records<RouteRecord>(topics.route);

  it('publishes one record for a push to a cid and answers its status', async () => {
    const cid = rig.addDevice(app, { online: true });
    const body = rig.pushBody(cid, { group_name: 'spring', settings: { ttl: '60000' } });
    const answer = await push(body);
    const [task] = Object.keys(answer.data!) as [string];
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success', data: { [task]: { [cid]: 'successed_online' } } });
    expect(task).toBe(singleTaskId(app, String(body['request_id']), task.slice(5, 9)));
    const [record] = routed() as [RouteRecord];
    expect(record).toMatchObject({ id: task, app, task, stored: true, cids: [cid], group: 'spring' });
    expect(record.exp - record.at).toBe(60_000);
    expect(JSON.parse(record.body)).toEqual({
      ...{ t: 'push', id: rig.identity.messageId(app, task), task, at: record.at, exp: record.exp },
      transmission: 'hello',
    });
    expect(rig.bus.published[0]!.record).toMatchObject({ partition: partitionOf(cid, 16), key: cid });
  });

  it('hands a notification and a revoke on in the device protocol', async () => {
    const cid = rig.addDevice(app);
    const notification = { title: '标题', body: 'b', click_type: 'url', url: 'https://example.org', notify_id: '7' };
    await push(rig.pushBody(cid, { push_message: { notification } }));
    await push(rig.pushBody(cid, { push_message: { revoke: { old_task_id: 'RASS_1', force: true } } }));
    const [first, second] = routed().map((record) => JSON.parse(record.body));
    expect(first.notification).toEqual({
      ...{ title: '标题', body: 'b', clickType: 'url', url: 'https://example.org', notifyId: 7 },
    });
    expect(second.revoke).toEqual({ task: 'RASS_1', force: true });
    expect(routed().map(({ recalls }) => recalls)).toEqual([undefined, 'RASS_1']);
  });

  it('marks a push with ttl -1 as not stored', async () => {
    const cid = rig.addDevice(app);
    await push(rig.pushBody(cid, { settings: { ttl: -1 } }));
    const [record] = routed() as [RouteRecord];
    expect(record.stored).toBe(false);
    expect(record.exp - record.at).toBe(10_000);
  });

  it('tells online, offline and forgotten devices apart, and publishes nothing for the last', async () => {
    const away = rig.addDevice(app);
    const forgotten = rig.addDevice(app, { attachedAt: null });
    const neverIn = rig.addDevice(app, { attachedAt: null });
    const fresh = rig.addDevice(app, { attachedAt: null });
    const old = rig.now() - 91 * dayMs;
    rig.userMysql.times.set(`${app}/${forgotten}`, { registeredAt: old - dayMs, lastLoginAt: old });
    rig.userMysql.times.set(`${app}/${neverIn}`, { registeredAt: old, lastLoginAt: null });
    const statuses = [];
    for (const cid of [away, forgotten, neverIn, fresh]) {
      const { data } = await push(rig.pushBody(cid));
      statuses.push((Object.values(data!)[0] as Record<string, string>)[cid]);
    }
    expect(statuses).toEqual(['successed_offline', 'successed_ignore', 'successed_ignore', 'successed_offline']);
    expect(routed().map((record) => record.cids[0])).toEqual([away, fresh]);
  });

  it('refuses a push to a device for which too much waits, and accepts the same request later', async () => {
    const cid = rig.addDevice(app, { depth: 10_000 });
    const body = rig.pushBody(cid);
    expect(await push(body)).toMatchObject({ http: 403, code: 30019 });
    expect(routed()).toEqual([]);
    rig.userRedis.statuses.set(cid, { online: true, depth: 0, attachedAt: rig.now() });
    expect((await push(body)).code).toBe(0);
    expect(routed()).toHaveLength(1);
  });

  it('goes on while user-redis and user-mysql are away', async () => {
    const cid = rig.addDevice(app, { online: true });
    rig.userRedis.away = true;
    rig.userMysql.away = true;
    const answer = await push(rig.pushBody(cid));
    expect(Object.values(answer.data!)).toEqual([{ [cid]: 'successed_offline' }]);
    expect(routed()).toHaveLength(1);
  });

  it('answers 503 while the bus is away, and the same request is accepted when it is back', async () => {
    const body = rig.pushBody(rig.addDevice(app));
    rig.bus.away = true;
    expect(await push(body)).toEqual({ http: 503, code: 1, msg: 'service is busy, repeat with the same request_id' });
    rig.bus.away = false;
    expect((await push(body)).code).toBe(0);
    expect(routed()).toHaveLength(1);
  });

  it('answers 503 when the bus says nothing in time, and the repeat is the same record', async () => {
    const hasty = await new ApiRig().start(1, { publishTimeoutMs: 50 });
    try {
      const own = hasty.addApp('app1');
      const body = hasty.pushBody(hasty.addDevice(own));
      const send = async () =>
        hasty.call('POST', `/v2/${own}/push/single/cid`, { token: await hasty.token(own), body });
      const { promise, resolve } = Promise.withResolvers<void>();
      hasty.bus.gate = promise;
      expect(await send()).toMatchObject({ http: 503, code: 1 });
      resolve();
      expect((await send()).code).toBe(0);
      const ids = hasty.bus.records<RouteRecord>(topics.route).map(({ id }) => id);
      expect(ids).toEqual([ids[0], ids[0]]);
    } finally {
      await hasty.stop();
    }
  });

  it('answers 503 when a request takes too long', async () => {
    const hasty = await new ApiRig().start(1, { handlerTimeoutMs: 100 });
    const { promise, resolve } = Promise.withResolvers<void>();
    try {
      const own = hasty.addApp('app1');
      const body = hasty.pushBody(hasty.addDevice(own));
      const ownToken = await hasty.token(own);
      hasty.bus.gate = promise;
      const answer = await hasty.call('POST', `/v2/${own}/push/single/cid`, { token: ownToken, body });
      expect(answer).toMatchObject({ http: 503, code: 1 });
    } finally {
      resolve();
      await hasty.stop();
    }
  });

  it('refuses foreign, invented and misspelt cids as targets', async () => {
    const foreign = rig.addDevice(rig.addApp('app2'));
    const own = rig.addDevice(app);
    for (const cid of [foreign, 'f'.repeat(32), own.toUpperCase(), `${own}0`, 'x']) {
      expect(await push(rig.pushBody(cid))).toEqual({ http: 400, code: 20001, msg: 'target user is invalid' });
    }
    expect(routed()).toEqual([]);
  });

  it('pushes to every device of an alias with one task and a record each', async () => {
    const cids = [rig.addDevice(app), rig.addDevice(app, { online: true })];
    for (const cid of cids) rig.userMysql.aliases.set(`${app}/${cid}`, '别名_1');
    const answer = await push(rig.pushBody('', { audience: { alias: ['别名_1'] } }), 'alias');
    const [task] = Object.keys(answer.data!) as [string];
    expect(answer.data).toEqual({ [task]: { [cids[0]!]: 'successed_offline', [cids[1]!]: 'successed_online' } });
    expect(routed().map(({ id, cids: targets }) => [id, targets])).toEqual(
      cids.map((cid) => [`${task}/${cid}`, [cid]]),
    );
    const unknown = await push(rig.pushBody('', { audience: { alias: ['nobody'] } }), 'alias');
    expect(unknown).toEqual({ http: 400, code: 20001, msg: 'target user is invalid' });
    rig.userMysql.away = true;
    const away = await push(rig.pushBody('', { audience: { alias: ['别名_1'] } }), 'alias');
    expect(away).toMatchObject({ http: 503, code: 1 });
  });

  it('pushes a batch of 200 with one publish and a few look-ups', async () => {
    const cids = Array.from({ length: 200 }, () => rig.addDevice(app));
    const transmission = '长'.repeat(3_072);
    rig.userRedis.calls.length = 0;
    const answer = await push(
      { msg_list: cids.map((cid) => rig.pushBody(cid, { push_message: { transmission } })) },
      'batch/cid',
    );
    expect(answer.code).toBe(0);
    const byCid = Object.assign({}, ...(Object.values(answer.data!) as object[]));
    expect(byCid).toEqual(Object.fromEntries(cids.map((cid) => [cid, 'successed_offline'])));
    expect(Object.keys(answer.data!)).toHaveLength(200);
    expect(rig.bus.publishes).toBe(1);
    expect(routed().map((record) => record.cids[0])).toEqual(cids);
    expect(rig.userRedis.calls.length).toBeLessThanOrEqual(8);
  });

  it('accepts nothing of a batch in which one message is at fault', async () => {
    const cids = [rig.addDevice(app), rig.addDevice(app)];
    const good = rig.pushBody(cids[0]!);
    const faulty: [unknown, string][] = [
      [rig.pushBody('f'.repeat(32)), 'target user is invalid'],
      [{ ...rig.pushBody(cids[1]!), request_id: good['request_id'] }, 'contains duplicate request_id'],
      [rig.pushBody(cids[1]!, { request_id: 'short' }), 'msg_list[1].request_id is invalid'],
      [rig.pushBody(cids[1]!, { push_message: {} }), 'please choose one of notification and transmission and revoke'],
    ];
    for (const [bad, msg] of faulty) {
      expect(await push({ msg_list: [good, bad] }, 'batch/cid')).toEqual({ http: 400, code: 20001, msg });
    }
    const many = Array.from({ length: 201 }, () => rig.pushBody(cids[0]!));
    expect((await push({ msg_list: many }, 'batch/cid')).msg).toBe('msg_list size over limit');
    expect((await push({ msg_list: [] }, 'batch/cid')).msg).toBe('msg_list can not be empty');
    expect(rig.bus.published).toEqual([]);
  });

  it('pushes a batch by alias with one look-up, all or none, and merges what each answers', async () => {
    const cids = Array.from({ length: 3 }, () => rig.addDevice(app));
    for (const [index, cid] of cids.entries()) rig.userMysql.aliases.set(`${app}/${cid}`, index < 2 ? 'two' : 'one');
    const to = (alias: string) => rig.pushBody('', { audience: { alias: [alias] } });
    const body = { msg_list: [to('two'), to('one')] };
    const answer = await push(body, 'batch/alias');
    const [first, second] = Object.keys(answer.data!) as [string, string];
    const offline = 'successed_offline';
    expect(answer.data).toEqual({
      [first]: { [cids[0]!]: offline, [cids[1]!]: offline },
      [second]: { [cids[2]!]: offline },
    });
    expect(routed().map(({ id }) => id)).toEqual([`${first}/${cids[0]}`, `${first}/${cids[1]}`, second]);
    expect(rig.bus.publishes).toBe(1);
    rig.userMysql.aliases.clear();
    expect(await push(body, 'batch/alias')).toEqual(answer);
    rig.userMysql.aliases.set(`${app}/${cids[0]}`, 'two');
    const refused = await push({ msg_list: [to('two'), to('nobody')] }, 'batch/alias');
    expect(refused).toEqual({ http: 400, code: 20001, msg: 'target user is invalid' });
    const many = Array.from({ length: 201 }, () => to('two'));
    expect((await push({ msg_list: many }, 'batch/alias')).msg).toBe('msg_list size over limit');
    expect((await push({ msg_list: [to('a b')] }, 'batch/alias')).msg).toBe('msg_list[0].audience.alias[0] is invalid');
    rig.userMysql.away = true;
    expect(await push({ msg_list: [to('two')] }, 'batch/alias')).toMatchObject({ http: 503, code: 1 });
    expect(rig.bus.publishes).toBe(1);
  });

  it('leaves an async batch by alias to the planner, also what nobody has', async () => {
    const to = (alias: string) => rig.pushBody('', { audience: { alias: [alias] } });
    const answer = await push({ is_async: true, msg_list: [to('a'), to('nobody')] }, 'batch/alias');
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success' });
    const tasks = rig.bus.records<TaskRecord>(topics.task);
    expect(tasks.map(({ audience }) => audience)).toEqual([{ alias: 'a' }, { alias: 'nobody' }]);
    expect(routed()).toEqual([]);
  });

  it('leaves an async batch to the planner and answers without data', async () => {
    const cids = [rig.addDevice(app), rig.addDevice(app)];
    const body = { is_async: true, msg_list: cids.map((cid) => rig.pushBody(cid)) };
    expect(await push(body, 'batch/cid')).toEqual({ http: 200, code: 0, msg: 'success' });
    expect(await push(body, 'batch/cid')).toEqual({ http: 200, code: 0, msg: 'success' });
    const tasks = rig.bus.records<TaskRecord>(topics.task);
    expect(tasks.map(({ audience }) => audience)).toEqual(cids.map((cid) => ({ cids: [cid] })));
    expect(new Set(tasks.map(({ task }) => task)).size).toBe(2);
  });
});
