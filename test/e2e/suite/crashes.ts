import { describe, expect, test } from 'vitest';
import { type StartedDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const deviceCount = 200;
const pushCount = 2_000;
const workers = 20;
const victims = ['cm-1', 'im-1', 'user-redis-1', 'user-mysql-1', 'cm-2', 'im-2', 'user-redis-2', 'user-mysql-2'];

/** Every role's instances killed one after another while messages flow. */
export function describeCrashes(sut: SystemUnderTest): void {
  describe('crashes', () => {
    test('E10 2,000 pushes to 200 devices on both CMs arrive exactly once while every instance is killed in turn, and are counted once', async () => {
      const devices = Array.from({ length: deviceCount }, () => startDevice(sut.deviceOptions()));
      await Promise.all(devices.map((device) => device.online(60_000)));
      for (const cm of ['cm-1', 'cm-2']) {
        expect(await sut.metric(cm, 'longwire_cm_connections')).toBeGreaterThan(0);
      }
      const tasks: string[] = [];
      const share = pushCount / victims.length;
      for (const [turn, victim] of victims.entries()) {
        const pid = sut.system.kill(victim);
        tasks.push(...(await pushShare(devices, turn * share, share)));
        await sut.backAgain(victim, pid);
      }
      const each = pushCount / deviceCount;
      await Promise.all(devices.map((device) => device.waitForPushes(each, 60_000)));
      for (const [index, device] of devices.entries()) {
        const got = device.pushes.map((push) => push.transmission);
        expect(got).toEqual(Array.from({ length: each }, (_, round) => `m${index + round * deviceCount}`));
        expect(device.errors.filter((error) => error.code === 'handler_failed')).toEqual([]);
      }
      expect(new Set(tasks).size).toBe(pushCount);
      await countedOnce(tasks);
      for (const device of devices) device.device.close();
    });
  });

  /** Pushes of one device follow each other; devices go side by side. */
  async function pushShare(devices: StartedDevice[], from: number, count: number): Promise<string[]> {
    const tasks: string[] = [];
    await Promise.all(
      Array.from({ length: workers }, async (_, worker) => {
        for (let number = from; number < from + count; number++) {
          const device = number % deviceCount;
          if (device % workers !== worker) continue;
          tasks.push(await sut.upstream.push(devices[device]!.cid(), `m${number}`));
        }
      }),
    );
    return tasks;
  }

  async function countedOnce(tasks: string[]): Promise<void> {
    const expected = { msg_num: 1, target_num: 1, receive_num: 1, display_num: 0, click_num: 0 };
    let wrong: unknown[] = [];
    const right = (): Promise<boolean> =>
      sut.upstream.report(tasks).then((report) => {
        wrong = tasks.filter((task) => JSON.stringify(report[task]?.total) !== JSON.stringify(expected));
        wrong = wrong.map((task) => [task, report[task as string]?.total]);
        return wrong.length === 0;
      });
    await waitFor('every push is counted once', right, 30_000, 500).catch((error: unknown) => {
      throw new Error(`${wrong.length} are counted otherwise: ${JSON.stringify(wrong.slice(0, 5))}`, { cause: error });
    });
  }
}
