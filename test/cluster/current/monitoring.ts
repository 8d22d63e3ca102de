import { describe, expect, test } from 'vitest';
import { roles } from '../../../scripts/up/args.ts';
import type { SystemUnderTest } from '../../e2e/suite/system-under-test.ts';
import { startDevice } from '../../rigs/device.ts';
import type { Monitoring } from '../../rigs/kubernetes/monitoring.ts';
import { waitFor } from '../../rigs/process.ts';

const limitMs = 120_000;
const line = '{product_line="push"}';

/** k8s/monitoring beside the line: its agents send to it, through the policies of both. */
export function describeMonitoring(sut: SystemUnderTest, monitoring: () => Monitoring): void {
  describe('monitoring', () => {
    const eventually = (query: string, by: string[], expected: unknown): Promise<void> =>
      expect.poll(() => monitoring().figures(query, by), { timeout: limitMs, interval: 1_000 }).toEqual(expected);

    test('both instances of every role are up there, and none is hung', async () => {
      const each = (value: number) => Object.fromEntries([...roles, 'console'].map((role) => [role, value]));
      await eventually(`sum by (role) (longwire_agent_target_up${line})`, ['role'], each(2));
      await eventually(`sum by (role) (longwire_agent_target_hung${line})`, ['role'], each(0));
    });

    test('pushes that devices get are counted there, to the last one', async () => {
      const query = `sum(longwire_cm_pushes_total${line})`;
      const before = (await monitoring().figures(query, []))[''] ?? 0;
      const device = startDevice(sut.deviceOptions());
      await device.online(60_000);
      for (let index = 0; index < 7; index++) await sut.upstream.push(device.cid(), `figure ${index}`);
      await device.waitForPushes(7, 60_000);
      await waitFor(
        'the pushes are counted',
        async () => (await monitoring().figures(query, []))['']! >= before + 7,
        limitMs,
        1_000,
      );
      device.device.close();
    });

    test('its rules have made the figures that roles are scaled on, and none of them fails', async () => {
      const counted = expect.arrayContaining(roles.map((role) => [role, 2]));
      await expect
        .poll(
          async () => Object.entries(await monitoring().figures(`role:longwire_scaling:serving${line}`, ['role'])),
          {
            ...{ timeout: limitMs, interval: 1_000 },
          },
        )
        .toEqual(counted);
      expect(await monitoring().figures('sum(prometheus_rule_evaluation_failures_total)', [])).toEqual({ '': 0 });
    });
  });
}
