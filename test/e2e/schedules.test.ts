import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';
import { SystemUnderTest } from './suite/system-under-test.ts';

/** How far ahead tasks are scheduled: time enough to be accepted on a slow machine. */
const aheadMs = 30_000;
const sdkDevices = 4;

const sut = new SystemUnderTest();
beforeAll(() => sut.start({ bus: 'redis', scale: { im: 3, cm: 2, 'user-redis': 2, 'user-mysql': 2 } }));
afterAll(() => sut.stop());

const id = (): string => randomBytes(12).toString('hex');
const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
  const answer = await sut.upstream.call('POST', path, body);
  if (answer.code !== 0) throw new Error(`${path} was refused: ${answer.code} ${answer.msg}`);
  return (answer.data ?? {}) as Record<string, unknown>;
};
const scheduleOf = async (task: string) => {
  const { data } = await sut.upstream.call('GET', `/task/schedule/${task}`);
  return (data as Record<string, { send_result: string }>)[task]?.send_result;
};

/** Four tasks to one device, one of each audience. Answers their ids. */
async function scheduleFour(cid: string, schedule_time: number): Promise<string[]> {
  const name = `n${randomBytes(4).toString('hex')}`;
  await post('/user/alias', { data_list: [{ cid, alias: name }] });
  await post(`/user/custom_tag/cid/${cid}`, { custom_tag: [name] });
  const message = (transmission: string) => ({
    ...{ request_id: id(), settings: { schedule_time }, push_message: { transmission } },
  });
  const single = await post('/push/single/cid', { ...message('to a cid'), audience: { cid: [cid] } });
  const msg_list = [{ ...message('to an alias'), audience: { alias: [name] } }];
  const batch = await post('/push/single/batch/alias', { msg_list });
  const { taskid: list } = await post('/push/list/message', message('to a list'));
  await post('/push/list/cid', { taskid: list, audience: { cid: [cid] } });
  await post('/push/list/alias', { taskid: list, is_async: true, audience: { alias: [name] } });
  const { taskid: tag } = await post('/push/fast_custom_tag', {
    ...{ ...message('to a tag'), audience: { fast_custom_tag: name } },
  });
  return [...Object.keys(single), ...Object.keys(batch), String(list), String(tag)];
}

const texts = ['to a cid', 'to a list', 'to a tag', 'to an alias'];

/** The instance that has taken something that is due. */
async function whoTook(connection: Connection): Promise<string | undefined> {
  const [rows] = await connection.query("SELECT owner FROM schedule WHERE owner <> '' ORDER BY state DESC LIMIT 1");
  return (rows as { owner: string }[])[0]?.owner.split(':')[0];
}

test('E90 20 tasks due in the same second run once each on three instances, though the one that takes them is killed: every device gets each once, and all are counted once', async () => {
  const devices = Array.from({ length: sdkDevices }, () => startDevice(sut.deviceOptions()));
  await Promise.all(devices.map((device) => device.online(60_000)));
  // One that keeps nothing and takes every frame for new: a second record would show.
  const raw = await RawDevice.open(sut.run.sdk);
  const credentials = await raw.register(sut.run.app);
  await raw.login(sut.run.app.appId, credentials);
  const cids = [...devices.map((device) => device.cid()), credentials.cid];

  const dueAt = Date.now() + aheadMs;
  const tasks = (await Promise.all(cids.map((cid) => scheduleFour(cid, dueAt)))).flat();
  expect(new Set(tasks).size).toBe(20);
  expect(new Set(await Promise.all(tasks.map(scheduleOf)))).toEqual(new Set(['do_not_send']));
  expect(Date.now()).toBeLessThan(dueAt);
  expect(devices.flatMap(({ pushes }) => pushes)).toEqual([]);

  const connection = await createConnection({ uri: sut.system.processOf('mariadb-1').url! });
  const victim = await waitFor('one is taken', () => whoTook(connection), aheadMs + 30_000, 1);
  expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
  const pid = sut.system.kill(victim);
  await connection.end();

  await Promise.all(devices.map((device) => device.waitForPushes(texts.length, 60_000)));
  const got: (string | undefined)[] = [];
  while (got.length < texts.length) {
    const push = await raw.next('push', 60_000);
    raw.send({ t: 'ack', seq: push.seq });
    got.push('transmission' in push ? push.transmission : undefined);
  }
  const sent = async (task: string) => (await scheduleOf(task)) === 'send_success';
  await waitFor('all are noted as sent', async () => (await Promise.all(tasks.map(sent))).every(Boolean), 60_000, 250);
  const once = { msg_num: 1, target_num: 1, receive_num: 1, display_num: 0, click_num: 0 };
  await waitFor(
    'all are counted once',
    async () => {
      const report = await sut.upstream.report(tasks);
      return tasks.every((task) => JSON.stringify(report[task]?.total) === JSON.stringify(once));
    },
    60_000,
    250,
  );
  await sut.backAgain(victim, pid);
  // One more, so that anything too much would have come before it.
  for (const cid of cids) await sut.upstream.push(cid, 'last');
  await Promise.all(devices.map((device) => device.waitForPushes(texts.length + 1, 30_000)));
  for (const { pushes, device } of devices) {
    const all = pushes.map((push) => push.transmission);
    expect([all.slice(0, -1).sort(), all.at(-1)]).toEqual([texts, 'last']);
    for (const { at } of pushes.slice(0, -1)) expect(at).toBe(dueAt);
    device.close();
  }
  expect(got.sort()).toEqual(texts);
  expect((await raw.next('push', 30_000)) as object).toMatchObject({ transmission: 'last' });
  expect(raw.unread.filter(({ t }) => t === 'push')).toEqual([]);
  raw.terminate();
});

test('E91 what is cancelled or stopped is never sent, also when its time has come, and what follows is', async () => {
  const device = startDevice(sut.deviceOptions());
  await device.online();
  const tasks = await scheduleFour(device.cid(), Date.now() + 300_000);
  for (const task of tasks.slice(0, 3)) {
    expect(await sut.upstream.call('DELETE', `/task/schedule/${task}`)).toMatchObject({ code: 0 });
  }
  expect(await sut.upstream.call('DELETE', `/task/${tasks[3]}`)).toMatchObject({ code: 0 });
  const connection = await createConnection({ uri: sut.system.processOf('mariadb-1').url! });
  await connection.query('UPDATE schedule SET due_at = 1, free_at = 1 WHERE task_id IN (?)', [tasks]);
  await connection.end();
  const single = async (transmission: string, schedule_time: number) => {
    const message = { request_id: id(), settings: { schedule_time }, push_message: { transmission } };
    return Object.keys(await post('/push/single/cid', { ...message, audience: { cid: [device.cid()] } }))[0]!;
  };
  const sent = await single('sent', Date.now() + 3_000);
  await device.waitForPushes(1, 60_000);
  await waitFor('it is noted as sent', async () => (await scheduleOf(sent)) === 'send_success', 30_000);
  expect(await sut.upstream.call('DELETE', `/task/schedule/${sent}`)).toMatchObject({ status: 400, code: 22001 });
  const late = await single('late', Date.now() + 55_000);
  expect(await sut.upstream.call('DELETE', `/task/schedule/${late}`)).toMatchObject({ status: 400, code: 22002 });
  for (const task of tasks) expect(await scheduleOf(task)).toBe('has_delete');
  expect(device.pushes.map((push) => push.transmission)).toEqual(['sent']);
  device.device.close();
});
