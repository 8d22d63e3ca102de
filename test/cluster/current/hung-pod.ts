import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SystemUnderTest } from '../../e2e/suite/system-under-test.ts';
import { startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import { type ClusterUnderTest, seenPod } from './cluster-under-test.ts';

/** Three probes that fail, twenty seconds each, then the whole grace period, which a stopped process uses up. */
const limitMs = 180_000;

/** A process that is there and does nothing. */
export function describeHungPod(sut: SystemUnderTest, cluster: () => ClusterUnderTest): void {
  describe('a hung pod', () => {
    test.each(['im', 'cm'])('of %s gets no more calls, and its container is replaced', async (role) => {
      const { line } = cluster();
      const { name } = line.podOf(`${role}-1`);
      const before = containerOf(await seenPod(cluster(), name), role);
      const processes = processesOf(name, role);
      expect(processes.length).toBeGreaterThan(0);
      for (const pid of processes) process.kill(pid, 'SIGSTOP');
      const state = async () => containerOf(await seenPod(cluster(), name), role);

      await waitFor('it is not ready', async () => !(await state()).ready, 60_000, 500);
      const device = startDevice(sut.deviceOptions());
      await device.online(60_000);
      await sut.upstream.push(device.cid(), 'meanwhile');
      await device.waitForPushes(1, 60_000);
      device.device.close();

      const after = await waitFor(
        'its container is another one, and ready',
        async () => {
          const now = await state();
          return now.restartCount > before.restartCount && now.ready && now;
        },
        limitMs,
        1_000,
      );
      expect(after.restartCount).toBe(before.restartCount + 1);
      expect(after.lastState?.terminated).toMatchObject({ exitCode: 137 });
    });
  });
}

/** Of a role in a pod, as the node's machine, which is this one, sees them: no container of the pod sees another's. */
function processesOf(pod: string, role: string): number[] {
  const wanted = [`LONGWIRE_INSTANCE=${pod}`, `LONGWIRE_ROLE=${role}`];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const set = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return wanted.every((one) => set.includes(one));
      } catch {
        // It has ended meanwhile, or is the kernel's.
        return false;
      }
    })
    .map(Number);
}

function containerOf({ status }: Awaited<ReturnType<typeof seenPod>>, role: string) {
  return status.containerStatuses!.find(({ name }) => name === role)!;
}
