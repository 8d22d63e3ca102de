import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LongwireError } from '../../../services/common/errors.ts';
import type { TaskRecord } from '../../../services/common/protocol/bus-records.ts';
import { ApiRig, hourMs, topics } from './rig.ts';

const dayMs = 24 * hourMs;

describe('scheduled pushes', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;
  let cid: string;
  let dueAt: number;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
    cid = rig.addDevice(app);
    rig.userMysql.aliases.set(`${app}/${cid}`, 'a');
    dueAt = rig.now() + hourMs;
  });
  afterEach(() => rig.stop());

  const call = (method: string, path: string, body?: unknown) => rig.call(method, `/v2/${app}${path}`, { token, body });
  const settings = (more = {}) => ({ settings: { schedule_time: dueAt, ...more } });
  const body = (audience: unknown, more: Record<string, unknown> = {}) =>
    rig.pushBody('', { audience, ...settings(), ...more });
  const kept = () => rig.userMysql.schedules.kept;
  const records = () => kept().flatMap(({ record }) => (record ? (JSON.parse(record) as TaskRecord) : []));
  const offline = 'successed_offline';

  it('to a cid are kept as a task whose times count from when it is due, also in the frame; nothing is published', async () => {
    const request = body({ cid: [cid] }, settings({ ttl: 60_000, schedule_time: String(dueAt) }));
    const answer = await call('POST', '/push/single/cid', request);
    const [task] = Object.keys(answer.data!) as [string];
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success', data: { [task]: { [cid]: offline } } });
    expect(kept()).toMatchObject([{ app, task, part: '', dueAt, exp: dueAt + 60_000 }]);
    const [record] = records();
    expect(record).toMatchObject({ app, task, at: dueAt, exp: dueAt + 60_000, audience: { cids: [cid] } });
    expect(JSON.parse(record!.body)).toMatchObject({ task, at: dueAt, exp: dueAt + 60_000, transmission: 'hello' });
    expect(await call('POST', '/push/single/cid', request)).toEqual(answer);
    expect(kept()).toHaveLength(1);
    expect(rig.bus.published).toEqual([]);
  });

  it('to an alias keep the alias, answer who has it now, and are refused if nobody has', async () => {
    const answer = await call('POST', '/push/single/alias', body({ alias: ['a'] }));
    expect(Object.values(answer.data!)).toEqual([{ [cid]: offline }]);
    expect(records().map(({ audience }) => audience)).toEqual([{ alias: 'a' }]);
    const refused = await call('POST', '/push/single/alias', body({ alias: ['nobody'] }));
    expect(refused.msg).toBe('target user is invalid');
    expect(kept()).toHaveLength(1);
  });

  it.each([false, true])('go in one batch with others that go out at once (is_async: %s)', async (is_async) => {
    const msg_list = [body({ cid: [cid] }), rig.pushBody(cid), body({ cid: [cid] })];
    const answer = await call('POST', '/push/single/batch/cid', { is_async, msg_list });
    expect([answer.code, Object.keys(answer.data ?? {}).length]).toEqual([0, is_async ? 0 : 3]);
    expect(kept()).toHaveLength(2);
    expect(rig.bus.published.map(({ topic }) => topic)).toEqual([is_async ? topics.task : topics.route]);
  });

  it('are kept in few calls, none of them large', async () => {
    const push_message = { transmission: '长'.repeat(3_000) };
    const msg_list = Array.from({ length: 200 }, () => body({ cid: [cid] }, { push_message }));
    expect((await call('POST', '/push/single/batch/cid', { msg_list })).code).toBe(0);
    expect(kept()).toHaveLength(200);
    expect(rig.userMysql.schedules.saves).toBeLessThanOrEqual(2);
  });

  it('to tags are kept with their expression and speed, and can be stopped as others', async () => {
    const request = body({ fast_custom_tag: 'a' }, settings({ speed: 5 }));
    const { taskid } = (await call('POST', '/push/fast_custom_tag', request)).data as { taskid: string };
    expect(records()).toMatchObject([{ task: taskid, at: dueAt, speed: 5, audience: { where: [{ values: ['a'] }] } }]);
    expect(rig.bus.published).toEqual([]);
    const tag = [{ key: 'custom_tag', values: ['a'], opt_type: 'or' }];
    expect((await call('POST', '/push/tag', body({ tag }))).code).toBe(0);
    expect(kept()).toHaveLength(2);
    const ofTask = async () => (await call('GET', `/task/schedule/${taskid}`)).data![taskid];
    expect(await ofTask()).toMatchObject({ send_result: 'do_not_send' });
    expect((await call('DELETE', `/task/${taskid}`)).code).toBe(0);
    expect(await ofTask()).toMatchObject({ send_result: 'has_delete' });
  });

  it('each list of a scheduled message is due with it, one that is pushed later goes out at once', async () => {
    const saved = await call('POST', '/push/list/message', { ...rig.pushBody(''), ...settings() });
    const taskid = String(saved.data!['taskid']);
    expect((await call('GET', `/task/schedule/${taskid}`)).data).toMatchObject({
      [taskid]: { push_time: String(dueAt), transmission_content: 'hello', send_result: 'do_not_send' },
    });
    const list = (kind: string, audience: unknown, more = {}) =>
      call('POST', `/push/list/${kind}`, { taskid, audience, ...more });
    expect((await list('cid', { cid: [cid, 'x'] })).data).toEqual({ [taskid]: { [cid]: offline, x: 'not_found' } });
    await list('cid', { cid: [cid] });
    expect((await list('alias', { alias: ['a', 'b'] })).data).toEqual({ [taskid]: { [cid]: offline, b: 'not_found' } });
    expect((await list('cid', { cid: [rig.addDevice(app)] }, { is_async: true })).data).toBeUndefined();
    await list('cid', { cid: ['x'] });
    expect(records().map(({ audience, at, once }) => [Object.keys(audience)[0], at, once])).toEqual([
      ...[
        ['cids', dueAt, true],
        ['aliases', dueAt, true],
        ['cids', dueAt, true],
      ],
    ]);
    expect(rig.bus.published).toEqual([]);
    rig.offsetMs += hourMs;
    await list('cid', { cid: [cid] });
    expect(rig.bus.published.map(({ topic }) => topic)).toEqual([topics.route]);
    expect(kept()).toHaveLength(4);
  });

  it('without storing reach who is online when they are due', async () => {
    await call('POST', '/push/single/cid', body({ cid: [cid] }, settings({ ttl: -1 })));
    const saved = await call('POST', '/push/list/message', { ...rig.pushBody(''), ...settings({ ttl: -1 }) });
    await call('POST', '/push/list/cid', { taskid: saved.data!['taskid'], audience: { cid: [cid] } });
    const times = records().map(({ stored, at, exp }) => [stored, at, exp]);
    expect(times).toEqual([
      [false, dueAt, dueAt + 10_000],
      [false, dueAt, dueAt + 10_000],
    ]);
  });

  it('at a time that has passed, or more than 7 days ahead, are refused, and nothing of a batch is kept', async () => {
    const refused = { http: 400, code: 22002, msg: 'settings.schedule_time is invalid' };
    for (const schedule_time of [0, rig.now() - 1, rig.now() + 7 * dayMs + 60_000]) {
      const at = { settings: { schedule_time } };
      const pushes: [string, unknown][] = [
        ['single/cid', body({ cid: [cid] }, at)],
        ['single/alias', body({ alias: ['a'] }, at)],
        ['single/batch/cid', { msg_list: [body({ cid: [cid] }), body({ cid: [cid] }, at)] }],
        ['single/batch/alias', { is_async: true, msg_list: [body({ alias: ['a'] }), body({ alias: ['a'] }, at)] }],
        ['list/message', body({}, at)],
        ['tag', body({ tag: [{ key: 'custom_tag', values: ['a'], opt_type: 'or' }] }, at)],
        ['fast_custom_tag', body({ fast_custom_tag: 'a' }, at)],
      ];
      for (const [path, request] of pushes) expect(await call('POST', `/push/${path}`, request)).toEqual(refused);
    }
    const nearly = { settings: { schedule_time: rig.now() + 7 * dayMs - 1_000 } };
    expect((await call('POST', '/push/single/cid', body({ cid: [cid] }, nearly))).code).toBe(0);
    expect(kept()).toHaveLength(1);
    expect(rig.bus.published).toEqual([]);
  });

  it('a repeat after the time answers as the first did, also if the first had no answer', async () => {
    const [first, second] = [body({ cid: [cid] }), body({ cid: [cid] })];
    const answer = await call('POST', '/push/single/cid', first);
    const save = rig.userMysql.saveSchedules;
    Object.assign(rig.userMysql, {
      saveSchedules: async (request: Parameters<typeof save>[0]) => {
        await save(request);
        throw new LongwireError('unavailable', 'the answer is lost');
      },
    });
    expect((await call('POST', '/push/single/cid', second)).http).toBe(503);
    Object.assign(rig.userMysql, { saveSchedules: save });
    rig.offsetMs += 2 * hourMs;
    expect(await call('POST', '/push/single/cid', first)).toEqual(answer);
    expect((await call('POST', '/push/single/cid', second)).code).toBe(0);
    expect(kept().map((one) => one.dueAt)).toEqual([dueAt, dueAt]);
  });

  it('count against quotas when they are accepted, and are not refused for what waits now', async () => {
    rig.userRedis.statuses.set(cid, { online: true, depth: 10_000, attachedAt: rig.now() });
    rig.userMysql.apps.set(app, { ...rig.userMysql.apps.get(app)!, quotas: { pushesPerDay: 1 } });
    // The app is read anew after a while.
    rig.offsetMs += 60_000;
    const answer = await call('POST', '/push/single/cid', body({ cid: [cid] }));
    expect(Object.values(answer.data!)).toEqual([{ [cid]: 'successed_online' }]);
    expect((await call('POST', '/push/single/cid', body({ cid: [cid] }))).code).toBe(30009);
    expect(kept()).toHaveLength(1);
  });

  it('are also those whose message may be shown only from a time on; it ends with that time', async () => {
    const shown = (from: number) => ({ transmission: 'x', duration: `${from}-${from + 660_000}` });
    const later = { settings: { ttl: 2 * hourMs }, push_message: shown(dueAt) };
    expect((await call('POST', '/push/single/cid', body({ cid: [cid] }, later))).code).toBe(0);
    expect(kept()).toMatchObject([{ dueAt, exp: dueAt + 660_000 }]);
    const now = { settings: {}, push_message: shown(rig.now() - 60_000) };
    expect(
      (await call('POST', '/push/tag', body({ tag: [{ key: 'custom_tag', values: ['a'], opt_type: 'or' }] }, now)))
        .code,
    ).toBe(0);
    expect(kept()).toHaveLength(1);
    const [task] = rig.bus.records<TaskRecord>(topics.task);
    expect(task!.exp - rig.now()).toBeLessThanOrEqual(600_000);
    const past = { settings: { schedule_time: dueAt }, push_message: shown(dueAt - 660_000) };
    expect((await call('POST', '/push/single/cid', body({ cid: [cid] }, past))).msg).toBe(
      'push_message.duration is invalid',
    );
  });

  it('are busy while schedules cannot be kept, and accept nothing', async () => {
    rig.userMysql.away = true;
    expect(await call('POST', '/push/single/cid', body({ cid: [cid] }))).toMatchObject({ http: 503, code: 1 });
    const mixed = { msg_list: [body({ cid: [cid] }), rig.pushBody(cid)] };
    expect(await call('POST', '/push/single/batch/cid', mixed)).toMatchObject({ http: 503, code: 1 });
    expect(rig.bus.published).toEqual([]);
    rig.userMysql.away = false;
    expect((await call('POST', '/push/single/batch/cid', mixed)).code).toBe(0);
  });
});

describe('a scheduled task', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const call = (method: string, path: string, body?: unknown, as = { app, token }) =>
    rig.call(method, `/v2/${as.app}${path}`, { token: as.token, body });
  const schedule = async (push_message: unknown): Promise<{ task: string; dueAt: number }> => {
    const dueAt = rig.now() + hourMs;
    const body = rig.pushBody(rig.addDevice(app), { push_message, settings: { schedule_time: dueAt } });
    const { data } = await call('POST', '/push/single/cid', body);
    return { task: Object.keys(data!)[0]!, dueAt };
  };

  it('says when it was made, when it is due, what it sends and what became of it', async () => {
    const { task, dueAt } = await schedule({ transmission: 'hello' });
    const [kept] = rig.userMysql.schedules.of(app, task);
    const said = {
      ...{ create_time: String(kept!.madeAt), push_time: String(dueAt), transmission_content: 'hello' },
      ...{ send_result: 'do_not_send', status: 'success' },
    };
    expect((await call('GET', `/task/schedule/${task}`)).data).toEqual({ [task]: said });
    for (const [state, send_result, status] of [
      ['sent', 'send_success', 'success'],
      ['failed', 'send_failed', 'failed'],
      ['cancelled', 'has_delete', 'success'],
    ] as const) {
      kept!.state = state;
      expect((await call('GET', `/task/schedule/${task}`)).data).toEqual({ [task]: { ...said, send_result, status } });
    }
  });

  it('says a notification or a revoke as JSON', async () => {
    const notification = await schedule({ notification: { title: 't', body: 'b', click_type: 'none' } });
    const revoke = await schedule({ revoke: { old_task_id: 'RASS_1' } });
    const contentOf = async ({ task }: { task: string }) => {
      const { data } = await call('GET', `/task/schedule/${task}`);
      return JSON.parse((data![task] as { transmission_content: string }).transmission_content);
    };
    expect(await contentOf(notification)).toEqual({ title: 't', body: 'b', clickType: 'none' });
    expect(await contentOf(revoke)).toEqual({ task: 'RASS_1', force: false });
  });

  it('is cancelled until a minute before, and refused with what is in the way after that', async () => {
    const { task } = await schedule({ transmission: 'hello' });
    const { schedules } = rig.userMysql;
    schedules.outcome = 'late';
    const late = { http: 400, code: 22002, msg: 'the task is due in less than a minute' };
    expect(await call('DELETE', `/task/schedule/${task}`)).toEqual(late);
    schedules.outcome = 'ran';
    const ran = { http: 400, code: 22001, msg: 'the scheduled task has run already' };
    expect(await call('DELETE', `/task/schedule/${task}`, 'null')).toEqual(ran);
    schedules.outcome = 'cancelled';
    expect(await call('DELETE', `/task/schedule/${task}`)).toEqual({ http: 200, code: 0, msg: 'success' });
    expect((await call('GET', `/task/schedule/${task}`)).data).toMatchObject({ [task]: { send_result: 'has_delete' } });
  });

  it('is unknown to other apps, as are tasks that nobody scheduled', async () => {
    const { task } = await schedule({ transmission: 'hello' });
    const single = await call('POST', '/push/single/cid', rig.pushBody(rig.addDevice(app)));
    const other = rig.addApp('app2');
    const refused = { http: 400, code: 22002, msg: 'taskid is invalid' };
    for (const method of ['GET', 'DELETE']) {
      const foreign = { app: other, token: await rig.token(other) };
      expect(await call(method, `/task/schedule/${task}`, undefined, foreign)).toEqual(refused);
      expect(await call(method, '/task/schedule/RASS_nobody')).toEqual(refused);
      expect(await call(method, `/task/schedule/${Object.keys(single.data!)[0]}`)).toEqual(refused);
      expect(await call(method, '/task/schedule/a%20b')).toMatchObject({ http: 400, code: 20001 });
    }
    expect(await call('DELETE', `/task/${task}`)).toMatchObject({ code: 20001, msg: 'taskid is invalid' });
    rig.userMysql.away = true;
    expect(await call('GET', `/task/schedule/${task}`)).toMatchObject({ http: 503, code: 1 });
    expect(await call('DELETE', `/task/schedule/${task}`)).toMatchObject({ http: 503, code: 1 });
  });
});
