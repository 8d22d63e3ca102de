import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteRecord, TaskRecord } from '../../../services/common/protocol/bus-records.ts';
import { ApiRig, topics } from './rig.ts';

describe('what a push says of channels', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;
  let cid: string;

  beforeEach(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
    cid = rig.addDevice(app);
  });
  afterEach(() => rig.stop());

  const notification = { notification: { title: 't', body: 'b', click_type: 'none' } };
  const given = { webpush: { title: 'w', urgency: 'high' }, ios: { aps: { badge: 1 } } };
  const orders = { strategy: { default: 1, webpush: 4 }, given };
  const said = {
    push_channel: given,
    settings: { strategy: { default: '1', webpush: 4 } },
    push_message: notification,
  };
  const post = async (path: string, body: Record<string, unknown>) => {
    const answer = await rig.call('POST', `/v2/${app}/push/${path}`, { token, body });
    expect(answer.msg).toBe('success');
    return answer;
  };

  it('goes with the message to one device, and is not in the frame that the device gets', async () => {
    await post('single/cid', rig.pushBody(cid, said));
    await post('single/cid', rig.pushBody(cid, { push_message: notification }));
    await post('single/cid', rig.pushBody(cid));
    await post('single/cid', rig.pushBody(cid, { ...said, settings: { ttl: -1 } }));
    const records = rig.bus.records<RouteRecord>(topics.route);
    expect(records.map(({ channels }) => channels)).toEqual([orders, {}, undefined, undefined]);
    expect(JSON.parse(records[0]!.body)).not.toHaveProperty('channels');
  });

  it('is kept with a saved message, for each list that it goes to, and with a push to tags', async () => {
    const { data } = await post('list/message', { request_id: rig.requestId(), audience: 'all', ...said });
    const taskid = data?.['taskid'];
    await post('list/cid', { taskid, audience: { cid: [cid] } });
    await post('list/cid', { taskid, is_async: true, audience: { cid: [cid] } });
    const audience = { fast_custom_tag: 'vip' };
    await post('fast_custom_tag', { request_id: rig.requestId(), audience, ...said });
    const routed = rig.bus.records<RouteRecord>(topics.route);
    const planned = rig.bus.records<TaskRecord>(topics.task);
    expect([...routed, ...planned].map(({ channels }) => channels)).toEqual([orders, orders, orders]);
    for (const { body } of [...routed, ...planned]) {
      expect(Object.keys(JSON.parse(body) as object)).toEqual(['t', 'id', 'task', 'at', 'exp', 'notification']);
    }
  });
});
