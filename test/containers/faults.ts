import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ledger } from '../chaos/ledger.ts';
import { startLoad } from '../chaos/load.ts';
import type { SystemUnderTest } from '../e2e/suite/system-under-test.ts';
import type { Fleet } from '../rigs/containers/fleet.ts';
import { type StartedDevice, startDevice } from '../rigs/device.ts';
import { waitFor } from '../rigs/process.ts';

const deviceCount = 40;
const victims = ['cm-1', 'im-1', 'user-redis-1', 'user-mysql-1'];
const pausedMs = 30_000;
const cutMs = 8_000;
const healMs = 120_000;

/** What befalls containers, while pushes to one and to all go on: what was accepted arrives, once, in order. */
export function describeFaults(sut: SystemUnderTest, fleet: () => Fleet): void {
  describe('faults of containers', () => {
    let devices: StartedDevice[];
    let ledger: Ledger;

    beforeAll(async () => {
      devices = Array.from({ length: deviceCount }, () => startDevice(sut.deviceOptions()));
      await Promise.all(devices.map((device) => device.online(60_000)));
      ledger = new Ledger(devices);
      for (const cm of ['cm-1', 'cm-2']) expect(await sut.metric(cm, 'longwire_cm_connections')).toBeGreaterThan(0);
    });
    afterAll(() => Promise.all(devices.map(({ device }) => device.close())));

    /** Under load; then all that was accepted has to arrive. */
    async function whileLoaded(fault: () => Promise<void>): Promise<void> {
      const before = ledger.accepted;
      const stopLoad = startLoad(sut.upstream, devices, ledger);
      try {
        await waitFor('pushes are accepted', () => ledger.accepted > before + 50, 30_000);
        await fault();
        const then = ledger.accepted;
        await waitFor('pushes are accepted after it', () => ledger.accepted > then + 50, 60_000);
      } finally {
        await stopLoad();
      }
      const healing = Date.now();
      await waitFor('all that was accepted arrives', () => ledger.missing() === 0, healMs, 200).catch(() => {});
      const figures = { accepted: ledger.accepted - before, missing: ledger.missing(), ...ledger.faults() };
      process.stdout.write(
        `${expect.getState().currentTestName}: ${JSON.stringify(figures)} ${Date.now() - healing} ms\n`,
      );
      expect(figures).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0 });
    }

    test.each(victims)('%s is killed', async (victim) => {
      await whileLoaded(async () => {
        const pid = sut.system.kill(victim);
        await sut.backAgain(victim, pid);
      });
    });

    test.each(victims)(`%s is cut off from its networks for ${cutMs / 1_000} s`, async (victim) => {
      await whileLoaded(async () => {
        await fleet().cut(victim);
        await sleep(cutMs);
        await fleet().mend(victim);
        await sut.backAgain(victim, 0);
      });
    });

    test(`one of each role is paused for ${pausedMs / 1_000} s, all at once`, async () => {
      await whileLoaded(async () => {
        await Promise.all(victims.map((victim) => fleet().pause(victim)));
        await sleep(pausedMs);
        await Promise.all(victims.map((victim) => fleet().unpause(victim)));
        for (const victim of victims) await sut.backAgain(victim, 0);
      });
    });
  });
}
