import { describe, expect, test } from 'vitest';
import type { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import type { Line } from '../rigs/kubernetes/line.ts';
import { waitFor } from '../rigs/process.ts';

const deviceCount = 200;
const workers = 20;
const victims = ['cm-1', 'im-1', 'cm-2', 'im-2'];

/** Pods that go as they do when a node is drained or a version rolled out: with their whole grace period. */
export function describeDeletedPods(sut: SystemUnderTest, line: () => Line): void {
  describe('deleted pods', () => {
    test('K1 what is accepted while every pod of cm and im is deleted in turn arrives once and in order', async () => {
      const devices = Array.from({ length: deviceCount }, () => startDevice(sut.deviceOptions()));
      await Promise.all(devices.map((device) => device.online(60_000)));
      const accepted = devices.map((): string[] => []);
      let flowing = true;
      const load = Promise.all(
        Array.from({ length: workers }, async (_, worker) => {
          for (let round = 0; flowing; round++) {
            for (let index = worker; index < deviceCount && flowing; index += workers) {
              await sut.upstream.push(devices[index]!.cid(), `k${round}`);
              accepted[index]!.push(`k${round}`);
            }
          }
        }),
      );
      // It is awaited at the end; that it failed meanwhile is no news before.
      load.catch(() => {});
      try {
        for (const victim of victims) {
          const before = total(accepted);
          const { number } = await line().delete(victim);
          await sut.backAgain(victim, number);
          await waitFor('pushes flow on', () => total(accepted) > before + deviceCount, 30_000);
        }
      } finally {
        flowing = false;
        await load;
      }
      await Promise.all(devices.map((device, index) => device.waitForPushes(accepted[index]!.length, 60_000)));
      for (const [index, device] of devices.entries()) expect(texts(device)).toEqual(accepted[index]);
      process.stdout.write(`K1: ${total(accepted)} pushes accepted and delivered\n`);
      for (const device of devices) device.device.close();
    });
  });
}

function texts(device: StartedDevice): (string | undefined)[] {
  return device.pushes.map((push) => push.transmission);
}

function total(accepted: string[][]): number {
  return accepted.reduce((sum, { length }) => sum + length, 0);
}
