import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';
import { Keys } from '../../../services/user-redis/keys.ts';
import { RawDevice, type StartedDevice, startDevice } from '../../rigs/device.ts';
import { patience, waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const listed = 500;
const connected = 40;
const rawConnected = 10;
const tagged = 2_000;

/** Tasks to many devices: lists, tags, and stopping them. */
export function describeTasks(sut: SystemUnderTest): void {
  const post = async (path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const answer = await sut.upstream.call('POST', path, body);
    if (answer.code !== 0) throw new Error(`${path} was refused: ${answer.code} ${answer.msg}`);
    return (answer.data ?? {}) as Record<string, unknown>;
  };
  const message = (transmission: string, more: Record<string, unknown> = {}) => ({
    ...{ request_id: randomBytes(12).toString('hex'), push_message: { transmission }, ...more },
  });
  const save = async (transmission: string) =>
    String((await post('/push/list/message', message(transmission)))['taskid']);
  const startDevices = async (count: number): Promise<StartedDevice[]> => {
    const devices = Array.from({ length: count }, () => startDevice(sut.deviceOptions()));
    await Promise.all(devices.map((device) => device.online(60_000)));
    return devices;
  };
  const texts = (device: StartedDevice): (string | undefined)[] => device.pushes.map((push) => push.transmission);
  const targetsOf = async (task: string) => (await sut.upstream.report([task]))[task]?.total['msg_num'];

  const startRaw = async (): Promise<{ raw: RawDevice; cid: string }> => {
    const raw = await RawDevice.open(sut.run.sdk);
    const credentials = await raw.register(sut.run.app);
    await raw.login(sut.run.app.appId, credentials);
    return { raw, cid: credentials.cid };
  };
  const takeAndAck = async (raw: RawDevice): Promise<string | undefined> => {
    const push = await raw.next('push', 30_000);
    raw.send({ t: 'ack', seq: push.seq });
    return 'transmission' in push ? push.transmission : undefined;
  };

  /** Makes `count` devices have a tag: those given, and others that never connect, which it answers. */
  const addMembers = async (tag: string, count: number, cids: string[] = []): Promise<string[]> => {
    const others = Array.from({ length: count - cids.length }, () => randomBytes(16).toString('hex'));
    const { appId } = sut.run.app;
    const connection = await createConnection({ uri: sut.database.url! });
    try {
      await connection.query('INSERT INTO device (app_id, cid, platform, registered_at) VALUES ?', [
        others.map((cid) => [appId, cid, 'other', Date.now()]),
      ]);
      await connection.query('INSERT INTO tag (app_id, tag, cid) VALUES ?', [
        [...others, ...cids].map((cid) => [appId, tag, cid]),
      ]);
    } finally {
      await connection.end();
    }
    return others;
  };

  const queueLengths = async (cids: string[]): Promise<Set<number>> => {
    const keys = new Keys('longwire');
    const redis = sut.openRedis();
    try {
      return new Set(await Promise.all(cids.map((cid) => redis.zcard(keys.queue(cid)))));
    } finally {
      redis.disconnect();
    }
  };

  describe('tasks', () => {
    test('E80 a list reaches 500 devices on two CMs, each once, however often and in whatever parts it is pushed', async () => {
      const devices = await startDevices(listed);
      for (const cm of ['cm-1', 'cm-2']) expect(await sut.metric(cm, 'longwire_cm_connections')).toBeGreaterThan(0);
      const cids = devices.map((device) => device.cid());
      const taskid = await save('list');
      const push = (some: string[], is_async = false) =>
        post('/push/list/cid', { taskid, is_async, audience: { cid: some } });
      const data = (await push(cids))[taskid] as Record<string, string>;
      expect(Object.keys(data).sort()).toEqual([...cids].sort());
      expect(new Set(Object.values(data))).toEqual(new Set(['successed_online']));
      await push(cids);
      await push(cids.slice(0, 77));
      await push(cids.slice(33), true);
      await Promise.all(devices.map((device) => device.waitForPushes(1, 60_000)));
      const last = await save('last');
      await post('/push/list/cid', { taskid: last, audience: { cid: cids } });
      await Promise.all(devices.map((device) => device.waitForPushes(2, 60_000)));
      for (const device of devices) expect(texts(device)).toEqual(['list', 'last']);
      await waitFor('every device is counted once', async () => (await targetsOf(taskid)) === listed, 30_000, 250);
      for (const device of devices) device.device.close();
    });

    test('E81 what was not delivered of a stopped task never is, and what follows is', async () => {
      const [device] = (await startDevices(1)) as [StartedDevice];
      const cid = device.cid();
      device.device.close();
      await sut.offline(cid);
      const taskid = await save('stopped');
      await post('/push/list/cid', { taskid, audience: { cid: [cid] } });
      await sut.upstream.push(cid, 'before');
      await sut.depth(cid, 2);
      expect((await sut.upstream.call('DELETE', `/task/${taskid}`)).code).toBe(0);
      await sut.upstream.push(cid, 'after');
      const again = startDevice({ ...sut.deviceOptions(), storage: device.storage });
      await again.waitForPushes(2);
      expect(texts(again)).toEqual(['before', 'after']);
      const refused = await sut.upstream.call('POST', '/push/list/cid', { taskid, audience: { cid: [cid] } });
      expect(refused).toMatchObject({ code: 20001, msg: 'taskid is invalid' });
      again.device.close();
    });

    test('E82 a push to a tag of 2,000 devices, 50 connected, misses nobody and serves nobody twice though both planners are killed in the middle', async () => {
      const devices = await startDevices(connected);
      const raws = await Promise.all(Array.from({ length: rawConnected }, startRaw));
      const tag = `t${randomBytes(4).toString('hex')}`;
      const cids = [...devices.map((device) => device.cid()), ...raws.map((raw) => raw.cid)];
      const others = await addMembers(tag, tagged, cids);
      const body = message('tagged', { settings: { speed: 200 }, audience: { fast_custom_tag: tag } });
      const taskid = String((await post('/push/fast_custom_tag', body))['taskid']);
      for (const [victim, share] of [
        ['im-1', 0.2],
        ['im-2', 0.5],
      ] as const) {
        await waitFor('a share is planned', async () => ((await targetsOf(taskid)) ?? 0) > tagged * share, 90_000, 100);
        const pid = sut.system.kill(victim);
        await sut.backAgain(victim, pid);
      }
      await waitFor('all are counted', async () => (await targetsOf(taskid)) === tagged, 120_000, 250);
      await Promise.all(devices.map((device) => device.waitForPushes(1, 60_000)));
      for (const cid of cids) await sut.upstream.push(cid, 'marker');
      await Promise.all(devices.map((device) => device.waitForPushes(2, 60_000)));
      for (const device of devices) expect(texts(device)).toEqual(['tagged', 'marker']);
      expect(await targetsOf(taskid)).toBe(tagged);
      expect(await queueLengths(others)).toEqual(new Set([1]));
      // These acknowledge and keep nothing: a second record would show as a second frame.
      for (const { raw } of raws) {
        const got = [await takeAndAck(raw), await takeAndAck(raw)];
        expect(got).toEqual(['tagged', 'marker']);
        expect(raw.unread.filter(({ t }) => t === 'push')).toEqual([]);
        raw.terminate();
      }
      for (const device of devices) device.device.close();
    });

    test('E83 a speed is kept within 10 %', async () => {
      const tag = `s${randomBytes(4).toString('hex')}`;
      await addMembers(tag, 2_000);
      const body = message('paced', { settings: { speed: 100 }, audience: { fast_custom_tag: tag } });
      const taskid = String((await post('/push/fast_custom_tag', body))['taskid']);
      // What was counted at the moment of the answer: on a busy machine that is more than what was waited for.
      const at = async (count: number): Promise<{ counted: number; ms: number }> => {
        const counted = await waitFor(
          `${count} are counted`,
          async () => {
            const now = (await targetsOf(taskid)) ?? 0;
            return now >= count && now;
          },
          60_000,
          50,
        );
        return { counted, ms: Date.now() };
      };
      const [from, to] = [await at(100), await at(1_900)];
      const perSecond = (to.counted - from.counted) / ((to.ms - from.ms) / 1_000);
      expect(perSecond).toBeGreaterThan(90 / patience);
      expect(perSecond).toBeLessThan(110);
    });
  });
}
