import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiRig } from './rig.ts';

describe('reports', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterAll(() => rig.stop());

  const get = (path: string) => rig.call('GET', `/v2/${app}${path}`, { token });
  const counts = [
    { event: 'target', count: 9 },
    { event: 'sent', count: 7 },
    { event: 'arrived', count: 4 },
    { event: 'custom:90001', count: 2 },
  ];
  const total = { msg_num: 9, target_num: 7, receive_num: 4, display_num: 0, click_num: 0 };

  it('the detail of tasks says how many devices were not reached', async () => {
    rig.userMysql.counts.set(`${app}/RASL_1`, counts);
    expect((await get('/report/push/task/RASL_1,RASL_2/detail')).data).toEqual({
      RASL_1: { total, gt: total, actionCntMap: { 90001: 2 }, failed_detail: { not_sent: 2, not_arrived: 3 } },
    });
    expect((await get('/report/push/task/%2C/detail')).msg).toBe('taskid can not be empty');
  });

  it('the tasks of a group are summed up; a group that nobody used is left out', async () => {
    rig.userMysql.sums.set(`${app}/春 spring`, counts);
    const path = `/report/push/task_group/${encodeURIComponent('春 spring')}`;
    expect((await get(path)).data).toEqual({ '春 spring': { total, gt: total } });
    expect((await get('/report/push/task_group/nobody')).data).toEqual({});
    expect((await get(`/report/push/task_group/${'g'.repeat(101)}`)).msg).toBe('group size over limit');
  });

  it('the tasks of a day are summed up, from midnight to midnight UTC', async () => {
    const from = Date.UTC(2024, 1, 29);
    rig.userMysql.sums.set(`${app}/${from}-${from + 86_400_000}`, counts);
    expect((await get('/report/push/date/2024-02-29')).data).toEqual({ '2024-02-29': { total, gt: total } });
    const none = { msg_num: 0, target_num: 0, receive_num: 0, display_num: 0, click_num: 0 };
    expect((await get('/report/push/date/2024-03-01')).data).toEqual({ '2024-03-01': { total: none, gt: none } });
  });

  it.each(['2023-02-29', '2024-2-1', 'today', '2024-13-01', '1969-01-01'])('%s is not a date', async (date) => {
    for (const of of ['push', 'user']) {
      const answer = await get(`/report/${of}/date/${date}`);
      expect(answer).toMatchObject({ http: 400, code: 20001, msg: 'date is invalid' });
    }
  });

  it('the devices of a day are those that user-mysql counted from its midnight UTC on', async () => {
    const from = Date.UTC(2024, 1, 29);
    rig.userMysql.userDays.set(`${app}/${from}`, { total: 9, registered: 4, active: 3, online: 2 });
    expect((await get('/report/user/date/2024-02-29')).data).toEqual({
      '2024-02-29': { accumulative_num: 9, register_num: 4, active_num: 3, online_num: 2 },
    });
    expect((await get('/report/user/date/2024-03-01')).data).toEqual({
      '2024-03-01': { accumulative_num: 0, register_num: 0, active_num: 0, online_num: 0 },
    });
  });

  it('devices online come in points of ten minutes over 24 hours, those without a word as 0', async () => {
    const everyMs = 600_000;
    const last = Math.floor(rig.now() / everyMs) * everyMs;
    rig.userMysql.online.set(app, [
      { at: last - 3 * everyMs, n: 7 },
      { at: last - 200 * everyMs, n: 99 },
    ]);
    const { online_statics: points } = (await get('/report/online_user')).data as {
      online_statics: Record<string, number>;
    };
    // The next point may have come meanwhile.
    const times = Object.keys(points).map(Number);
    expect(times).toHaveLength(144);
    expect(times.every((at, index) => at === times[0]! + index * everyMs)).toBe(true);
    expect([last, last + everyMs]).toContain(times.at(-1));
    expect(Object.entries(points).filter(([, n]) => n > 0)).toEqual([[String(last - 3 * everyMs), 7]]);
  });

  it('while user-mysql is away both answer 503', async () => {
    rig.userMysql.away = true;
    try {
      for (const path of ['/report/user/date/2024-02-29', '/report/online_user']) {
        expect(await get(path)).toMatchObject({ http: 503, code: 1 });
      }
    } finally {
      rig.userMysql.away = false;
    }
  });

  it('a task on a device is told event by event, in both spellings', async () => {
    const cid = rig.addDevice(app);
    rig.userMysql.events.set(`${app}/RASS_1/${cid}`, [{ event: 'target', at: 5 }]);
    const detail = [{ time: '5', event: 'target' }];
    expect((await get(`/task/detail/${cid}/RASS_1`)).data).toEqual({ deatil: detail, detail });
    expect((await get(`/task/detail/${cid}/RASS_2`)).data).toEqual({ deatil: [], detail: [] });
    expect((await get(`/task/detail/${rig.identity.issueCid('app2')}/RASS_1`)).msg).toBe('target user is invalid');
    expect((await get(`/task/detail/${cid}/a%20b`)).msg).toBe('taskid is invalid');
  });
});
