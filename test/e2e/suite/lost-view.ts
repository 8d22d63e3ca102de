import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type StartedDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import { comesBack, recallWhileAway } from './recall.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const deviceCount = 50;
const finishedEach = 3;
const awayEach = 10;

/** Redis is a view of the bus: what it loses is read again. */
export function describeLostView(sut: SystemUnderTest): void {
  describe('a lost view', () => {
    test('E40 500 pushes for devices that are away survive a Redis that is emptied, then killed and started empty: each device gets all of its own, in order, none that it had finished', async () => {
      const online = startDevice(sut.deviceOptions());
      const devices = Array.from({ length: deviceCount }, () => startDevice(sut.deviceOptions()));
      await Promise.all([online, ...devices].map((device) => device.online()));
      await pushToEach(devices, 'finished', finishedEach);
      await Promise.all(devices.map((device) => device.waitForPushes(finishedEach)));
      for (const device of devices) device.device.close();
      for (const device of devices) await sut.offline(device.cid());
      await pushToEach(devices, 'away', awayEach);

      const redis = sut.openRedis();
      await redis.flushall();
      redis.disconnect();
      const half = deviceCount / 2;
      await comeBack(devices.slice(0, half));
      await sut.upstream.push(online.cid(), 'after the flush');
      await online.waitForPushes(1);

      rmSync(join(sut.system.dataDir, 'redis', 'appendonlydir'), { recursive: true });
      const pid = sut.system.kill('redis-1');
      await sut.backAgain('redis-1', pid);
      await comeBack(devices.slice(half));
      await sut.upstream.push(online.cid(), 'after the restart');
      await online.waitForPushes(2);
      expect(online.pushes.map((push) => push.transmission)).toEqual(['after the flush', 'after the restart']);
      online.device.close();
    });

    test('E41 a device that stays connected gets what is pushed while Redis is emptied under load, in order, each once', async () => {
      const device = startDevice(sut.deviceOptions());
      await device.online();
      const texts = Array.from({ length: 300 }, (_, index) => `f${index}`);
      const redis = sut.openRedis();
      for (const [index, text] of texts.entries()) {
        if (index % 100 === 50) await redis.flushall();
        await sut.upstream.push(device.cid(), text);
      }
      redis.disconnect();
      await device.waitForPushes(texts.length, 30_000);
      expect(device.pushes.map((push) => push.transmission)).toEqual(texts);
      device.device.close();
    });

    test('E57 broadcasts survive a Redis that is emptied: who was away gets them at the login, who stays gets the next, each once', async () => {
      const [stays, leaves] = [startDevice(sut.deviceOptions()), startDevice(sut.deviceOptions())];
      await Promise.all([stays.online(), leaves.online()]);
      leaves.device.close();
      await sut.offline(leaves.cid());
      await sut.upstream.pushAll('E57 one');
      await sut.upstream.pushAll('E57 two');
      await stays.waitForPushes(2);
      const redis = sut.openRedis();
      await redis.flushall();
      redis.disconnect();
      const back = startDevice({ ...sut.deviceOptions(), storage: leaves.storage });
      await back.waitForPushes(2, 60_000);
      await sut.upstream.pushAll('E57 three');
      for (const device of [stays, back]) {
        await device.waitForPushes(3, 30_000);
        expect(device.pushes.map((push) => push.transmission)).toEqual(['E57 one', 'E57 two', 'E57 three']);
        device.device.close();
      }
    });

    test('E84 a task that was stopped stays stopped when Redis is emptied', async () => {
      const device = startDevice(sut.deviceOptions());
      await device.online();
      const cid = device.cid();
      device.device.close();
      await sut.offline(cid);
      const body = { request_id: randomBytes(12).toString('hex'), push_message: { transmission: 'stopped' } };
      const saved = await sut.upstream.call('POST', '/push/list/message', body);
      const { taskid } = saved.data as { taskid: string };
      await sut.upstream.call('POST', '/push/list/cid', { taskid, audience: { cid: [cid] } });
      await sut.upstream.push(cid, 'kept');
      await sut.depth(cid, 2);
      expect((await sut.upstream.call('DELETE', `/task/${taskid}`)).code).toBe(0);
      const redis = sut.openRedis();
      await redis.flushall();
      redis.disconnect();
      const again = startDevice({ ...sut.deviceOptions(), storage: device.storage });
      await again.waitForPushes(1, 60_000);
      await sut.upstream.push(cid, 'last');
      await again.waitForPushes(2, 30_000);
      expect(again.pushes.map((push) => push.transmission)).toEqual(['kept', 'last']);
      again.device.close();
    });

    test('E93 a message that was recalled stays recalled when Redis is emptied', async () => {
      const recalled = await recallWhileAway(sut);
      const redis = sut.openRedis();
      await redis.flushall();
      redis.disconnect();
      await comesBack(sut, recalled);
    });
  });

  async function pushToEach(devices: StartedDevice[], label: string, count: number): Promise<void> {
    await Promise.all(
      devices.map(async (device) => {
        for (let index = 0; index < count; index++) await sut.upstream.push(device.cid(), `${label} ${index}`);
      }),
    );
  }

  /** Each logs in on the storage it had, gets everything it missed and nothing else. */
  async function comeBack(devices: StartedDevice[]): Promise<void> {
    const expected = Array.from({ length: awayEach }, (_, index) => `away ${index}`);
    const again = devices.map((device) => startDevice({ ...sut.deviceOptions(), storage: device.storage }));
    await Promise.all(again.map((device) => device.waitForPushes(awayEach, 60_000)));
    // One more, so that anything too much would have come before it.
    await Promise.all(again.map((device) => sut.upstream.push(device.cid(), 'last')));
    await waitFor('the last ones are there', () => again.every((device) => device.pushes.length > awayEach), 30_000);
    for (const device of again) {
      expect(device.pushes.map((push) => push.transmission)).toEqual([...expected, 'last']);
      device.device.close();
    }
  }
}
