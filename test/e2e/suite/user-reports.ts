import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { App } from '../../../services/common/protocol/app.ts';
import { startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import { Upstream } from '../../rigs/upstream.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const script = join(import.meta.dirname, '../../../scripts/cli/main.ts');

/** What reports say of devices. */
export function describeUserReports(sut: SystemUnderTest): void {
  /** An app whose devices are those of the test alone. */
  async function newApp(): Promise<App> {
    const args = [script, 'app', 'create', 'counted', '--data', sut.system.dataDir, '--json'];
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout).app;
  }

  describe('reports of devices', () => {
    // Once more where midnight came between.
    test('E100 devices count once on their day, though they log in again and consumers are killed', {
      retry: 1,
    }, async () => {
      const app = await newApp();
      const upstream = await Upstream.open({ ...sut.run, app });
      const options = { url: sut.run.sdk, appId: app.appId, appSecret: app.appSecret };
      const date = new Date().toISOString().slice(0, 10);
      const reported = async () => {
        const { data } = await upstream.call('GET', `/report/user/date/${date}`);
        return (data as Record<string, Record<string, number>>)[date]!;
      };
      expect(await reported()).toEqual({ accumulative_num: 0, register_num: 0, active_num: 0, online_num: 0 });
      const first = [1, 2, 3].map(() => startDevice(options));
      for (const device of first) await device.online();
      for (const device of first) await device.device.close();
      const pid = sut.system.kill('user-mysql-1');
      const again = first.map(({ storage }) => startDevice({ ...options, storage }));
      for (const device of again) await device.online();
      await sut.backAgain('user-mysql-1', pid);
      const later = startDevice(options);
      await later.online();
      await waitFor('all logins are counted', async () => (await reported())['active_num']! >= 4, 60_000, 250);
      // And once more a while later, when a push has gone the same way.
      const task = await upstream.push(later.cid(), 'marker');
      await waitFor('the marker is counted', async () => {
        return (await upstream.report([task]))[task]?.total['receive_num'] === 1;
      });
      expect(await reported()).toMatchObject({ accumulative_num: 4, register_num: 4, active_num: 4 });
      for (const device of [...again, later]) await device.device.close();
      await upstream.close();
    });

    test('E101 the devices online come in points of ten minutes over 24 hours', async () => {
      const { data } = await sut.upstream.call('GET', '/report/online_user');
      const times = Object.keys((data as { online_statics: Record<string, number> }).online_statics).map(Number);
      expect(times).toHaveLength(144);
      expect(times.filter((at) => at % 600_000 !== 0)).toEqual([]);
    });
  });
}
