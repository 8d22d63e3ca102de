import { describe, expect, test } from 'vitest';
import type { SystemUnderTest } from '../../e2e/suite/system-under-test.ts';
import { startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import { type ClusterUnderTest, seenPod } from './cluster-under-test.ts';

/** Runs beside the role, in the agent: stops the role's process, which shares its user and process namespace. */
const script = `
const { readdirSync, readFileSync } = require('node:fs');
const role = process.argv[1];
const found = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).filter((pid) => {
  try { return readFileSync('/proc/' + pid + '/environ', 'utf8').split('\\0').includes('LONGWIRE_ROLE=' + role); }
  catch { return false; }
});
for (const pid of found) process.kill(Number(pid), 'SIGSTOP');
console.log(found.length);
`;
/** Three probes that fail, ten seconds apart, then the whole grace period, which a stopped process uses up. */
const limitMs = 180_000;

/** A process that is there and does nothing. */
export function describeHungPod(sut: SystemUnderTest, cluster: () => ClusterUnderTest): void {
  describe('a hung pod', () => {
    test.each(['im', 'cm'])('of %s gets no more calls, and its container is replaced', async (role) => {
      const { kubectl, namespace, line } = cluster();
      const { name } = line.podOf(`${role}-1`);
      const before = containerOf(await seenPod(cluster(), name), role);
      const exec = ['-n', namespace, 'exec', name, '-c', 'agent', '--', 'node', '-e', script, role];
      expect(Number(await kubectl.run(exec))).toBeGreaterThan(0);
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

function containerOf({ status }: Awaited<ReturnType<typeof seenPod>>, role: string) {
  return status.containerStatuses!.find(({ name }) => name === role)!;
}
