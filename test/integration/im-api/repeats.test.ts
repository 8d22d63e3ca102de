import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../rigs/process.ts';
import { ApiRig } from './rig.ts';

describe('the same request_id', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;

  beforeEach(async () => {
    rig = await new ApiRig().start(2, { repeatWaitMs: 1_000 });
    app = rig.addApp('app1');
    token = await rig.token(app);
  });
  afterEach(() => rig.stop());

  const push = (body: unknown, instance = 0, path = 'cid') =>
    rig.call('POST', `/v2/${app}/push/single/${path}`, { token, body, instance });

  it('ten times at once over two instances is one push and ten equal answers', async () => {
    const body = rig.pushBody(rig.addDevice(app));
    const answers = await Promise.all(Array.from({ length: 10 }, (_one, index) => push(body, index % 2)));
    expect(answers.every(({ code }) => code === 0)).toBe(true);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(rig.bus.published).toHaveLength(1);
  });

  it('says of a repeated answer that nothing was done for it, and counts one with another body apart', async () => {
    const cid = rig.addDevice(app);
    const body = rig.pushBody(cid);
    const send = async (given: object): Promise<string | null> => {
      const response = await fetch(`${rig.urls[0]}/v2/${app}/push/single/cid`, {
        method: 'POST',
        headers: { token, 'content-type': 'application/json' },
        body: JSON.stringify(given),
      });
      expect(await response.json()).toMatchObject({ code: 0 });
      return response.headers.get('x-longwire-repeat');
    };
    const repeats = async (): Promise<Record<string, number>> => {
      const { values } = await rig.registry.getSingleMetric('longwire_api_repeats_total')!.get();
      return Object.fromEntries(values.map(({ labels, value }) => [String(labels['body']), value]));
    };
    expect(await send(body)).toBeNull();
    expect(await send(body)).toBe('1');
    expect(await send({ ...body, push_message: { transmission: 'another text' } })).toBe('1');
    expect(rig.bus.published).toHaveLength(1);
    const counted = await repeats();
    expect(counted).toMatchObject({ same: 1, other: 1 });
    const batch = { is_async: false, msg_list: [rig.pushBody(cid), body] };
    const answer = await rig.call('POST', `/v2/${app}/push/single/batch/cid`, { token, body: batch });
    expect(answer.code).toBe(0);
    expect(await repeats()).toMatchObject({ same: 2, other: 1 });
  });

  it('waits for the first one, which is still running, and answers what that did', async () => {
    const cid = rig.addDevice(app);
    const body = rig.pushBody(cid);
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.bus.gate = promise;
    const first = push(body, 0);
    await waitFor('the first one is under way', () => rig.userRedis.calls.includes('status'));
    rig.userRedis.calls.length = 0;
    const second = push(body, 1);
    await waitFor(
      'the second one asks again',
      () => rig.userRedis.calls.filter((call) => call === 'reserve').length > 2,
    );
    rig.userRedis.statuses.set(cid, { online: true, depth: 0, attachedAt: null });
    resolve();
    expect(await second).toEqual(await first);
    expect(rig.bus.published).toHaveLength(1);
  });

  it('answers 503 if the first one is at work for too long, and takes its place when its lease runs out', async () => {
    const body = rig.pushBody(rig.addDevice(app));
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.bus.gate = promise;
    const stuck = push(body, 0);
    await waitFor('the first one is under way', () => rig.userRedis.calls.includes('status'));
    expect(await push(body, 1)).toMatchObject({ http: 503, code: 1 });
    rig.bus.gate = Promise.resolve();
    rig.offsetMs = 11_000;
    const taken = await push(body, 1);
    resolve();
    expect(await stuck).toEqual(taken);
    const ids = rig.bus.published.map(({ record }) => JSON.parse(record.value).id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('pushes what is new in a repeated batch, and answers the first result for the rest', async () => {
    const [first, second] = [rig.pushBody(rig.addDevice(app)), rig.pushBody(rig.addDevice(app))];
    const single = await push(first);
    const both = await push({ msg_list: [first, second] }, 1, 'batch/cid');
    expect(both.data).toMatchObject(single.data!);
    expect(Object.keys(both.data!)).toHaveLength(2);
    expect(rig.bus.published).toHaveLength(2);
  });

  it('to an alias answers the first result, though the alias has gone since', async () => {
    const cid = rig.addDevice(app);
    rig.userMysql.aliases.set(`${app}/${cid}`, 'a');
    const body = rig.pushBody('', { audience: { alias: ['nobody'] } });
    expect((await push(body, 0, 'alias')).msg).toBe('target user is invalid');
    body['audience'] = { alias: ['a'] };
    const first = await push(body, 0, 'alias');
    expect(first.code).toBe(0);
    rig.userMysql.aliases.clear();
    expect(await push(body, 1, 'alias')).toEqual(first);
    expect(rig.bus.published).toHaveLength(1);
  });

  it('can not be that of another kind of request', async () => {
    const body = rig.pushBody(rig.addDevice(app));
    const { request_id, push_message } = body;
    const save = () => rig.call('POST', `/v2/${app}/push/list/message`, { token, body: { request_id, push_message } });
    expect((await push(body)).code).toBe(0);
    expect(await save()).toEqual({ http: 400, code: 20001, msg: 'request_id is invalid' });
    expect(rig.userMysql.saved.size).toBe(0);
  });

  it('is another push for another app', async () => {
    const other = rig.addApp('app2');
    const body = rig.pushBody(rig.addDevice(app));
    await push(body);
    const foreign = rig.pushBody(rig.addDevice(other), { request_id: body['request_id'] });
    const answer = await rig.call('POST', `/v2/${other}/push/single/cid`, {
      token: await rig.token(other),
      body: foreign,
    });
    expect(answer.code).toBe(0);
    expect(rig.bus.published).toHaveLength(2);
  });

  it('is the same task, though it cannot be reserved', async () => {
    const body = rig.pushBody(rig.addDevice(app));
    rig.userRedis.away = true;
    const [first, second] = [await push(body), await push(body, 1)];
    expect(first).toEqual(second);
    const ids = rig.bus.published.map(({ record }) => JSON.parse(record.value).id);
    expect(new Set(ids).size).toBe(1);
  });

  it('is not taken by a request that was at fault', async () => {
    const body = rig.pushBody(rig.addDevice(app));
    expect((await push({ ...body, audience: { cid: ['x'] } })).code).toBe(20001);
    expect((await push(body)).code).toBe(0);
  });
});
