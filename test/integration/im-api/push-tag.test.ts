import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskRecord } from '../../../services/common/protocol/bus-records.ts';
import { ApiRig, topics } from './rig.ts';

describe('pushes to tags', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const post = (path: string, audience: unknown, more: Record<string, unknown> = {}) =>
    rig.call('POST', `/v2/${app}/push/${path}`, {
      token,
      body: { request_id: rig.requestId(), audience, push_message: { transmission: 'hi' }, ...more },
    });
  const term = { key: 'custom_tag', values: ['a', 'b'], opt_type: 'and' };

  it('become one task for the planner, kept so that it can be stopped; a repeat answers the same', async () => {
    const more = { request_id: 'request-of-mine', settings: { speed: '50' } };
    const answer = await post('tag', { tag: [term] }, more);
    const taskid = String(answer.data?.['taskid']);
    expect(answer).toEqual({ http: 200, code: 0, msg: 'success', data: { taskid } });
    expect(taskid).toMatch(/^RASA_/);
    expect(await post('tag', { tag: [term] }, more)).toEqual(answer);
    const tasks = rig.bus.records<TaskRecord>(topics.task);
    expect(tasks).toMatchObject([{ app, task: taskid, stored: true, speed: 50 }]);
    expect(tasks[0]!.audience).toEqual({ where: [{ key: 'custom_tag', values: ['a', 'b'], opt: 'and' }] });
    expect((await rig.call('DELETE', `/v2/${app}/task/${taskid}`, { token })).code).toBe(0);
    expect(rig.userRedis.stopped).toHaveLength(1);
  });

  it('may name one tag alone; a message that is not stored can be planned for hours', async () => {
    await post('fast_custom_tag', { fast_custom_tag: '上海' }, { settings: { ttl: -1 } });
    const [task] = rig.bus.records<TaskRecord>(topics.task);
    expect(task!.audience).toEqual({ where: [{ key: 'custom_tag', values: ['上海'], opt: 'or' }] });
    expect(task!.stored).toBe(false);
    expect(task!.exp - task!.at).toBe(7_200_000);
  });

  it('of a revoke say which task they recall', async () => {
    const push_message = { revoke: { old_task_id: 'RASA_1' } };
    await post('fast_custom_tag', { fast_custom_tag: 'a' }, { push_message });
    expect(rig.bus.records(topics.task)).toMatchObject([{ recalls: 'RASA_1' }]);
  });

  it('are refused with what is wrong', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `t${index}`);
    const cases: [string, unknown, string][] = [
      ['tag', undefined, 'audience can not be empty'],
      ['tag', 'all', 'audience type error'],
      ['tag', {}, 'audience.tag can not be empty'],
      ['tag', { tag: [] }, 'audience.tag can not be empty'],
      ['tag', { tag: [{ ...term, key: 'city' }] }, 'audience.tag[0].key is invalid'],
      ['tag', { tag: [{ ...term, values: [] }] }, 'audience.tag[0].values can not be empty'],
      ['tag', { tag: [{ ...term, values: many }] }, 'audience.tag[0].values size over limit'],
      ['tag', { tag: [{ ...term, opt_type: 7 }] }, 'audience.tag[0].opt_type type error'],
      ['fast_custom_tag', { fast_custom_tag: '' }, 'audience.fast_custom_tag can not be empty'],
      ['fast_custom_tag', { fast_custom_tag: ['a'] }, 'audience.fast_custom_tag type error'],
      ['fast_custom_tag', { fast_custom_tag: 'a'.repeat(65) }, 'audience.fast_custom_tag size over limit'],
    ];
    for (const [path, audience, msg] of cases) {
      expect(await post(path, audience)).toMatchObject({ http: 400, code: 20001, msg });
    }
    expect(rig.bus.published).toEqual([]);
    expect(rig.userMysql.saved.size).toBe(0);
  });

  it('are busy while the bus is away, and the same request goes through later', async () => {
    rig.bus.away = true;
    const more = { request_id: 'request-of-mine' };
    expect((await post('fast_custom_tag', { fast_custom_tag: 'a' }, more)).http).toBe(503);
    rig.bus.away = false;
    expect((await post('fast_custom_tag', { fast_custom_tag: 'a' }, more)).code).toBe(0);
    expect(rig.bus.records(topics.task)).toHaveLength(1);
  });
});
