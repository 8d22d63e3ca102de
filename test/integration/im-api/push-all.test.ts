import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxBroadcasts } from '../../../services/common/protocol/broadcast-calls.ts';
import type { BroadcastRecord, TaskRecord } from '../../../services/common/protocol/bus-records.ts';
import { isBroadcast } from '../../../services/common/protocol/task-ids.ts';
import { ApiRig, topics } from './rig.ts';

describe('pushes to a whole app', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const post = (more: Record<string, unknown> = {}) =>
    rig.call('POST', `/v2/${app}/push/all`, {
      token,
      body: { request_id: rig.requestId(), audience: 'all', push_message: { transmission: 'hi' }, ...more },
    });

  it('become one broadcast, whose id says that it is a broadcast, kept so that it can be stopped', async () => {
    const more = { request_id: 'request-of-mine' };
    const answer = await post(more);
    const taskid = String(answer.data?.['taskid']);
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success', data: { taskid } });
    expect(isBroadcast(taskid)).toBe(true);
    expect(await post(more)).toEqual(answer);
    expect(rig.bus.records<BroadcastRecord>(topics.broadcast)).toMatchObject([{ app, task: taskid, stored: true }]);
    expect(rig.bus.records(topics.receipt)).toMatchObject([{ kind: 'broadcast', app, task: taskid }]);
    expect(rig.bus.records(topics.task)).toEqual([]);
    expect((await rig.call('DELETE', `/v2/${app}/task/${taskid}`, { token })).code).toBe(0);
    expect(rig.userRedis.stopped).toHaveLength(1);
  });

  it('at a speed are tasks to devices, so not broadcasts', async () => {
    const taskid = String((await post({ settings: { speed: 20 } })).data?.['taskid']);
    expect(taskid).toMatch(/^RASA_/);
    expect(isBroadcast(taskid)).toBe(false);
    expect(rig.bus.records<TaskRecord>(topics.task)).toMatchObject([{ audience: { all: true }, speed: 20 }]);
  });

  it('are left to the planner where they are scheduled, and sent as broadcasts then', async () => {
    const dueAt = rig.now() + 3_600_000;
    const taskid = String((await post({ settings: { schedule_time: dueAt } })).data?.['taskid']);
    expect(isBroadcast(taskid)).toBe(true);
    expect(rig.bus.published).toEqual([]);
    expect(rig.userMysql.schedules.kept).toMatchObject([{ app, task: taskid, dueAt }]);
  });

  it('recall a task that is kept for everybody', async () => {
    const taskid = String((await post()).data?.['taskid']);
    await post({ push_message: { revoke: { old_task_id: taskid } } });
    expect(rig.userRedis.stopped).toMatchObject([{ task: taskid }]);
  });

  it('are busy while the bus is away', async () => {
    rig.bus.away = true;
    expect(await post()).toMatchObject({ http: 503, code: 1 });
  });

  it('are refused while the log is full, but not at a speed, nor when the log cannot be asked', async () => {
    rig.userRedis.broadcasts.set(app, maxBroadcasts);
    expect(await post()).toMatchObject({ http: 403, code: 30019, msg: expect.stringContaining('busy') });
    expect((await post({ settings: { speed: 20 } })).code).toBe(0);
    rig.userRedis.broadcasts.set(app, maxBroadcasts - 1);
    expect((await post()).code).toBe(0);
    rig.userRedis.away = true;
    expect((await post()).code).toBe(0);
  });

  it.each([
    [undefined, 'audience can not be empty'],
    [null, 'audience can not be empty'],
    ['some', 'audience is invalid'],
    [{ cid: ['x'] }, 'audience type error'],
  ])('with the audience %j are refused: %s', async (audience, msg) => {
    expect(await post({ audience })).toMatchObject({ http: 400, code: 20001, msg });
    expect(rig.bus.published).toEqual([]);
  });
});
