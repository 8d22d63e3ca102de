import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RawDevice, type StartedDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const connected = 150;
const away = 20;

/** Pushes to a whole app. */
export function describeBroadcasts(sut: SystemUnderTest): void {
  const pushAll = (transmission: string, settings?: Record<string, number>): Promise<string> =>
    sut.upstream.pushAll(transmission, settings);
  const startDevices = async (count: number): Promise<StartedDevice[]> => {
    const devices = Array.from({ length: count }, () => startDevice(sut.deviceOptions()));
    await Promise.all(devices.map((device) => device.online(60_000)));
    return devices;
  };
  /** The ids of a broadcast's devices: other tests' devices may get it too. */
  const textsOf = (device: StartedDevice, prefix: string): string[] =>
    device.pushes.flatMap(({ transmission }) => (transmission?.startsWith(prefix) ? [transmission] : []));
  const got = (device: StartedDevice, prefix: string, count: number): Promise<unknown> =>
    waitFor(`${count} broadcasts`, () => textsOf(device, prefix).length >= count, 60_000);
  const again = (device: StartedDevice): StartedDevice =>
    startDevice({ ...sut.deviceOptions(), storage: device.storage });
  const countsOf = async (task: string) => (await sut.upstream.report([task]))[task]?.total ?? {};

  describe('broadcasts', () => {
    test('E50 reach every connected device, and at their login those that were away, each once and in order; the report counts them', async () => {
      const devices = await startDevices(connected);
      const absent = await startDevices(away);
      for (const { device } of absent) device.close();
      for (const device of absent) await sut.offline(device.cid());
      const first = await pushAll('E50 one');
      const second = await pushAll('E50 two');
      await Promise.all(devices.map((device) => got(device, 'E50', 2)));
      const returned = absent.map(again);
      await Promise.all(returned.map((device) => got(device, 'E50', 2)));
      for (const device of [...devices, ...returned]) expect(textsOf(device, 'E50')).toEqual(['E50 one', 'E50 two']);
      await waitFor(
        'the report has all arrivals',
        async () => {
          const counts = [await countsOf(first), await countsOf(second)];
          return counts.every(({ receive_num: arrived }) => (arrived ?? 0) >= connected + away);
        },
        30_000,
      );
      const { msg_num: targets, target_num: sent, receive_num: arrived } = await countsOf(first);
      expect(targets).toBeGreaterThanOrEqual(connected + away);
      // Devices that other tests left behind may have been sent it and be gone.
      expect(sent).toBeGreaterThanOrEqual(arrived!);
      for (const { device } of [...devices, ...returned]) device.close();
    });

    test('E51 a device that registers later gets none from before; one that comes back has its cursor', async () => {
      const [witness] = (await startDevices(1)) as [StartedDevice];
      await pushAll('E51 before');
      // Accepted is not sent yet: who registers in between gets it too.
      await got(witness, 'E51', 1);
      witness.device.close();
      const [device] = (await startDevices(1)) as [StartedDevice];
      await pushAll('E51 after');
      await got(device, 'E51', 1);
      device.device.close();
      await pushAll('E51 away');
      const returned = again(device);
      await got(returned, 'E51', 1);
      expect([...textsOf(device, 'E51'), ...textsOf(returned, 'E51')]).toEqual(['E51 after', 'E51 away']);
      returned.device.close();
    });

    test('E52 one with ttl −1 reaches who is online, without a position, and nobody later', async () => {
      const [device] = (await startDevices(1)) as [StartedDevice];
      await pushAll('E52 now', { ttl: -1 });
      await got(device, 'E52', 1);
      const push = device.pushes.find(({ transmission }) => transmission === 'E52 now');
      expect([push?.seq, push?.bseq]).toEqual([undefined, undefined]);
      device.device.close();
      await pushAll('E52 lost', { ttl: -1 });
      await pushAll('E52 kept');
      const returned = again(device);
      await got(returned, 'E52', 1);
      expect(textsOf(returned, 'E52')).toEqual(['E52 kept']);
      returned.device.close();
    });

    test('E53 a stopped one goes out to nobody any more; the same request_id is the same broadcast', async () => {
      const [device] = (await startDevices(1)) as [StartedDevice];
      device.device.close();
      await sut.offline(device.cid());
      const task = await pushAll('E53 stopped');
      const body = { request_id: randomBytes(12).toString('hex'), audience: 'all' };
      const same = { ...body, push_message: { transmission: 'E53 once' } };
      const answers = await Promise.all([1, 2, 3].map(() => sut.upstream.onceFresh('POST', '/push/all', same)));
      expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
      expect((await sut.upstream.call('DELETE', `/task/${task}`)).code).toBe(0);
      const returned = again(device);
      await got(returned, 'E53', 1);
      await sut.upstream.push(returned.cid(), 'E53 last');
      await got(returned, 'E53', 2);
      expect(textsOf(returned, 'E53')).toEqual(['E53 once', 'E53 last']);
      returned.device.close();
    });

    test('E54 at a speed it is given to devices page by page, by their own positions', async () => {
      const devices = await startDevices(5);
      await pushAll('E54', { speed: 1_000 });
      await Promise.all(devices.map((device) => got(device, 'E54', 1)));
      for (const { pushes, device } of devices) {
        expect(pushes.find(({ transmission }) => transmission === 'E54')?.seq).toBeGreaterThan(0);
        device.close();
      }
    });

    test('E56 come exactly once, in order, to devices that stay and to one that is away, while CMs, IMs and user-redis are killed', async () => {
      const devices = await startDevices(30);
      const [absent] = (await startDevices(1)) as [StartedDevice];
      absent.device.close();
      const tasks: string[] = [];
      for (const victim of ['cm-1', 'im-1', 'user-redis-1', 'cm-2', 'im-2', 'user-redis-2']) {
        const pid = sut.system.kill(victim);
        for (let index = 0; index < 3; index++) tasks.push(await pushAll(`E56 ${tasks.length}`));
        await sut.backAgain(victim, pid);
      }
      const all = [...devices, again(absent)];
      await Promise.all(all.map((device) => got(device, 'E56', tasks.length)));
      const expected = tasks.map((_, index) => `E56 ${index}`);
      for (const device of all) expect(textsOf(device, 'E56')).toEqual(expected);
      await waitFor(
        'every arrival is counted',
        async () => {
          const report = await sut.upstream.report(tasks);
          return tasks.every((task) => (report[task]?.total['receive_num'] ?? 0) >= all.length);
        },
        60_000,
      );
      for (const { device } of all) device.close();
    });

    test('E55 what a device does not acknowledge comes again at its next login, with the same bseq and id', async () => {
      const raw = await RawDevice.open(sut.run.sdk);
      const credentials = await raw.register(sut.run.app);
      const { bseq: cursor } = await raw.login(sut.run.app.appId, credentials);
      await pushAll('E55');
      const push = await raw.next('push', 30_000);
      expect(push.bseq).toBeGreaterThan(cursor);
      raw.terminate();
      const back = await RawDevice.open(sut.run.sdk);
      await back.login(sut.run.app.appId, credentials, { bseq: cursor });
      expect(await back.next('push', 30_000)).toEqual(push);
      back.send({ t: 'ack', bseq: push.bseq });
      await back.end();
      const last = await RawDevice.open(sut.run.sdk);
      await last.login(sut.run.app.appId, credentials, { bseq: push.bseq! });
      await last.ping();
      expect(last.unread.filter(({ t }) => t === 'push')).toEqual([]);
      await last.end();
    });
  });
}
