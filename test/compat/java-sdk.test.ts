import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../../scripts/up/installation.ts';
import { issueToken } from '../../services/im/api/tokens.ts';
import { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { JavaUpstream, javaSdkAvailable } from '../rigs/java-upstream.ts';
import { waitFor } from '../rigs/process.ts';

const java = await javaSdkAvailable();
const required = process.env['LONGWIRE_REQUIRE_JAVA'] === '1';

type Statuses = Record<string, Record<string, string>>;

describe.skipIf(!java.ok && !required)(`Getui's official Java SDK${java.ok ? '' : ` (${java.reason})`}`, () => {
  const sut = new SystemUnderTest();
  let upstream: JavaUpstream;
  let one: StartedDevice;
  let two: StartedDevice;
  const requestId = (): string => randomBytes(12).toString('hex');

  beforeAll(async () => {
    await sut.start({ scale: { im: 2, cm: 2 } });
    one = startDevice(sut.deviceOptions());
    two = startDevice(sut.deviceOptions());
    await Promise.all([one.online(), two.online()]);
    upstream = await JavaUpstream.start(sut.run);
  });
  afterAll(async () => {
    await upstream?.stop();
    await Promise.all([one?.device.close(), two?.device.close()]);
    await sut.stop();
  });

  /** Resolves when the device's app has got this transmission. */
  const arrives = (started: StartedDevice, text: string) =>
    waitFor(`"${text}" arrives`, () => started.pushes.find((push) => push.transmission === text), 15_000);

  it('authenticates once, as it is built', async () => {
    await upstream.data('status', { cids: [one.cid()] });
    expect(await upstream.data('token')).toMatchObject({ auths: 1 });
  });

  it('pushes a transmission to a cid', async () => {
    const data = await upstream.data<Statuses>('singleCid', {
      requestId: requestId(),
      cids: [one.cid()],
      text: '到一个 cid',
    });
    const [task] = Object.keys(data);
    expect(data).toEqual({ [task!]: { [one.cid()]: 'successed_online' } });
    expect((await arrives(one, '到一个 cid')).task).toBe(task);
  });

  it('pushes a notification, with its numbers as strings', async () => {
    await upstream.data('singleCid', { requestId: requestId(), cids: [one.cid()], title: 'news' });
    const push = await waitFor('the notification arrives', () => one.pushes.find((got) => got.notification), 15_000);
    expect(push.notification).toMatchObject({ title: 'news', channelLevel: 4, notifyId: 7, badgeAddNum: 1 });
  });

  it('answers a repeated request_id with the first task, and pushes nothing', async () => {
    const given = { requestId: requestId(), cids: [one.cid()], text: 'once' };
    expect(await upstream.data('singleCid', given)).toEqual(await upstream.data('singleCid', given));
    await upstream.data('singleCid', { requestId: requestId(), cids: [one.cid()], text: 'after once' });
    await arrives(one, 'after once');
    expect(one.pushes.filter(({ transmission }) => transmission === 'once')).toHaveLength(1);
  });

  it('pushes a batch by cid, synchronous and not', async () => {
    const messagesOf = (text: string) =>
      [one, two].map((started) => ({ requestId: requestId(), cids: [started.cid()], text }));
    const data = await upstream.data<Statuses>('batchCid', { messages: messagesOf('batch') });
    expect(Object.values(data)).toEqual([{ [one.cid()]: 'successed_online' }, { [two.cid()]: 'successed_online' }]);
    await upstream.data('batchCid', { messages: messagesOf('batch later'), async: true });
    for (const started of [one, two]) {
      await arrives(started, 'batch');
      await arrives(started, 'batch later');
    }
  });

  it('binds, asks, pushes to and unbinds an alias', async () => {
    const alias = '用户_1';
    await upstream.data('bindAlias', { cid: one.cid(), alias });
    expect(await upstream.data('aliasOf', { cid: one.cid() })).toEqual({ alias });
    expect(await upstream.data('cidsOf', { alias })).toEqual({ cid: [one.cid()] });
    await upstream.data('singleAlias', { requestId: requestId(), aliases: [alias], text: 'to the alias' });
    await arrives(one, 'to the alias');
    await upstream.data('unbindAlias', { cid: one.cid(), alias });
    expect((await upstream.step('singleAlias', { requestId: requestId(), aliases: [alias], text: 'x' })).code).toBe(
      20001,
    );
    await upstream.data('bindAlias', { cid: one.cid(), alias });
    await upstream.data('dropAlias', { alias });
    expect((await upstream.data<{ cid: string[] }>('cidsOf', { alias })).cid).toEqual([]);
  });

  it('asks for the status of devices', async () => {
    const data = await upstream.data<Record<string, { status: string }>>('status', { cids: [one.cid(), two.cid()] });
    expect(Object.entries(data).map(([cid, { status }]) => [cid, status])).toEqual(
      expect.arrayContaining([
        [one.cid(), 'online'],
        [two.cid(), 'online'],
      ]),
    );
  });

  it('asks for the report of a task', async () => {
    const data = await upstream.data<Statuses>('singleCid', {
      requestId: requestId(),
      cids: [two.cid()],
      text: 'counted',
    });
    const [task] = Object.keys(data) as [string];
    await arrives(two, 'counted');
    await waitFor('the arrival is counted', async () => {
      const report = await upstream.data<Record<string, { total: object }>>('reportTasks', { tasks: [task] });
      return (report[task]?.total as { receive_num?: number } | undefined)?.receive_num === 1;
    });
  });

  it('pushes a saved message to lists of cids and aliases, and stops it', async () => {
    const { taskid } = await upstream.data<{ taskid: string }>('listMessage', {
      requestId: requestId(),
      text: 'to a list',
    });
    const cids = [one.cid(), two.cid()];
    expect(await upstream.data<Statuses>('listCid', { task: taskid, cids })).toEqual({
      [taskid]: { [one.cid()]: 'successed_online', [two.cid()]: 'successed_online' },
    });
    for (const started of [one, two]) expect((await arrives(started, 'to a list')).task).toBe(taskid);
    await upstream.data('bindAlias', { cid: two.cid(), alias: 'listed' });
    const other = await upstream.data<{ taskid: string }>('listMessage', {
      requestId: requestId(),
      text: 'to aliases',
    });
    await upstream.data('listAlias', { task: other.taskid, aliases: ['listed'] });
    await arrives(two, 'to aliases');
    await upstream.data('stop', { task: other.taskid });
  });

  it('sets, asks, adds and removes tags, counts by them and pushes to them', async () => {
    await upstream.data('setTags', { cid: one.cid(), tags: ['vip', '会员'] });
    expect(
      (await upstream.data<Record<string, string[]>>('tagsOf', { cid: one.cid() }))[one.cid()]![0]!.split(' ').sort(),
    ).toEqual(['vip', '会员'].sort());
    expect(await upstream.data('addTag', { tag: 'new', cids: [one.cid(), two.cid()] })).toEqual({
      [one.cid()]: 'true',
      [two.cid()]: 'true',
    });
    await upstream.data('removeTag', { tag: 'new', cids: [two.cid()] });
    expect(await upstream.data('count', { tag: 'new' })).toEqual({ user_count: 1 });
    const { taskid } = await upstream.data<{ taskid: string }>('tag', {
      requestId: requestId(),
      tag: 'new',
      text: 'to a tag',
    });
    expect((await arrives(one, 'to a tag')).task).toBe(taskid);
    await upstream.data('fastTag', { requestId: requestId(), tag: '会员', text: 'to a fast tag' });
    await arrives(one, 'to a fast tag');
    expect(two.pushes.map(({ transmission }) => transmission)).not.toContain('to a tag');
  });

  it('pushes to all, to who is connected and to who was away', async () => {
    const away = startDevice(sut.deviceOptions());
    await away.online();
    await away.device.close();
    const given = { requestId: requestId(), text: 'to all' };
    const { taskid } = await upstream.data<{ taskid: string }>('all', given);
    expect(taskid).toMatch(/^RASA_/);
    for (const started of [one, two]) expect((await arrives(started, 'to all')).task).toBe(taskid);
    const back = startDevice({ ...sut.deviceOptions(), storage: away.storage });
    await arrives(back, 'to all');
    await back.device.close();
  });

  it('pushes a batch by alias', async () => {
    const pairs = [one, two].map((started, index): [typeof one, string] => [started, `batch_${index}`]);
    for (const [started, alias] of pairs) await upstream.data('bindAlias', { cid: started.cid(), alias });
    const messages = pairs.map(([, alias]) => ({ requestId: requestId(), aliases: [alias], text: 'batch by alias' }));
    const data = await upstream.data<Statuses>('batchAlias', { messages });
    expect(Object.values(data)).toEqual(pairs.map(([started]) => ({ [started.cid()]: 'successed_online' })));
    for (const [started] of pairs) await arrives(started, 'batch by alias');
  });

  it('schedules a push to all, asks after it and cancels it', async () => {
    const schedule = Date.now() + 3_600_000;
    const { taskid } = await upstream.data<{ taskid: string }>('all', {
      requestId: requestId(),
      text: 'later',
      schedule,
    });
    const asked = await upstream.data('schedule', { task: taskid });
    const waiting = { pushTime: String(schedule), transmissionContent: 'later', status: 'success' };
    expect(asked).toMatchObject({ [taskid]: waiting });
    await upstream.data('cancel', { task: taskid });
    const answer = await sut.upstream.call('GET', `/task/schedule/${taskid}`);
    expect(answer.data).toHaveProperty([taskid, 'send_result'], 'has_delete');
  });

  it('asks for the reports of devices', async () => {
    const date = new Date().toISOString().slice(0, 10);
    const users = await upstream.data<Record<string, { register_num: number }>>('reportUsers', { date });
    expect(users[date]?.register_num).toBeGreaterThanOrEqual(2);
    expect(Object.keys(Object.values(await upstream.data<Record<string, object>>('reportOnline'))[0]!)).toHaveLength(
      144,
    );
  });

  it('sets the badge of devices', () => upstream.data('badge', { cids: [one.cid(), two.cid()], badge: '+2' }));

  it('asks for reports of groups, dates, details and what is left of the day', async () => {
    const given = { requestId: requestId(), cids: [one.cid()], text: 'grouped', group: 'spring' };
    const [task] = Object.keys(await upstream.data<Statuses>('singleCid', given)) as [string];
    await arrives(one, 'grouped');
    const total = { total: expect.objectContaining({ receive_num: 1 }) };
    await waitFor('the group is counted', async () => {
      const report = await upstream.data<Record<string, { total?: { receive_num?: number } }>>('reportGroup', {
        group: 'spring',
      });
      return report['spring']?.total?.receive_num === 1;
    });
    expect(await upstream.data('reportDetail', { tasks: [task] })).toMatchObject({ [task]: total });
    const date = new Date().toISOString().slice(0, 10);
    expect(await upstream.data('reportDate', { date })).toHaveProperty([date, 'total', 'receive_num']);
    const count = await upstream.data('reportCount');
    expect(count).toMatchObject({ gt: { list: { push_num: 3, limit: false }, app_with_tag: { push_num: 2 } } });
  });

  it('blacklists a device: it is kicked, gets nothing, and comes back afterwards', async () => {
    const closed = startDevice(sut.deviceOptions());
    await closed.online();
    const cid = closed.cid();
    await upstream.data('blacklist', { cids: [cid] });
    await waitFor('the device is kicked', () => closed.device.state !== 'online', 5_000);
    const data = await upstream.data<Statuses>('singleCid', { requestId: requestId(), cids: [cid], text: 'kept out' });
    expect(Object.values(data)).toEqual([{ [cid]: 'blacklisted' }]);
    await closed.device.close();
    await upstream.data('unblacklist', { cids: [cid] });
    const back = startDevice({ ...sut.deviceOptions(), storage: closed.storage });
    await back.online();
    await upstream.data('singleCid', { requestId: requestId(), cids: [cid], text: 'let in' });
    await arrives(back, 'let in');
    expect(back.pushes.map(({ transmission }) => transmission)).toEqual(['let in']);
    await back.device.close();
  });

  it('reads what is wrong from a refusal', async () => {
    const answer = await upstream.step('singleCid', { requestId: requestId(), cids: ['f'.repeat(32)], text: 'x' });
    expect(answer).toMatchObject({ code: 20001, msg: 'target user is invalid' });
  });

  it('authenticates anew by itself when its token was revoked', async () => {
    const { token, auths } = await upstream.data<{ token: string; auths: number }>('token');
    await upstream.data('revoke', { token });
    await upstream.data('singleCid', { requestId: requestId(), cids: [one.cid()], text: 'after revoking' });
    await arrives(one, 'after revoking');
    const renewed = await upstream.data<{ token: string; auths: number }>('token');
    expect(renewed.auths).toBe(auths + 1);
    expect(renewed.token).not.toBe(token);
  });

  it('authenticates anew by itself when its token is over', async () => {
    const { tokenKey } = JSON.parse(
      readFileSync(join(sut.system.dataDir, 'installation.json'), 'utf8'),
    ) as Installation;
    const { auths } = await upstream.data<{ auths: number }>('token');
    await upstream.data('replaceToken', { token: issueToken([tokenKey], sut.run.app.appId, Date.now() - 1) });
    await upstream.data('singleCid', { requestId: requestId(), cids: [one.cid()], text: 'after the end' });
    await arrives(one, 'after the end');
    expect(await upstream.data('token')).toMatchObject({ auths: auths + 1 });
  });
});
