import { describe, expect, test } from 'vitest';
import { startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const pushes = 300;

/** What reports say, whatever is killed. */
export function describeCounting(sut: SystemUnderTest): void {
  describe('counting', () => {
    test('E30 a push and its receipts are counted exactly once though their consumers are killed in the middle', async () => {
      const device = startDevice(sut.deviceOptions());
      await device.online();
      const tasks: string[] = [];
      for (let index = 0; index < pushes; index++) {
        tasks.push(await sut.upstream.push(device.cid(), `c${index}`));
        if (index === 100) sut.system.kill('user-mysql-1');
        if (index === 200) sut.system.kill('user-mysql-2');
      }
      for (const push of await device.waitForPushes(pushes)) {
        device.device.event(push, 'shown');
        device.device.event(push, 'shown');
        device.device.event(push, 'custom:90001');
      }
      const pid = sut.system.kill('user-mysql-1');
      await sut.backAgain('user-mysql-1', pid);
      const expected = { msg_num: 1, target_num: 1, receive_num: 1, display_num: 1, click_num: 0 };
      await waitFor(
        'everything is counted',
        async () => {
          const report = Object.values(await sut.upstream.report(tasks));
          return report.length === pushes && report.every(({ actionCntMap }) => Object.keys(actionCntMap).length > 0);
        },
        30_000,
        250,
      );
      // Once more a while later, when a later push has gone the same way.
      const marker = await sut.upstream.push(device.cid(), 'marker');
      await waitFor('the marker is counted', async () => {
        return (await sut.upstream.report([marker]))[marker]?.total['receive_num'] === 1;
      });
      const report = await sut.upstream.report(tasks);
      for (const task of tasks) expect(report[task]).toMatchObject({ total: expected, actionCntMap: { 90001: 1 } });
      device.device.close();
    });
  });
}
