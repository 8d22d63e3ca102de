import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../../services/common/protocol/app.ts';
import { userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../../services/common/rpc/client.ts';
import { CallbackServer } from '../../rigs/callback-server.ts';
import { type StartedDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import { Upstream } from '../../rigs/upstream.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** Receipts that an upstream is told of, from the device to its server. */
export function describeCallbacks(sut: SystemUnderTest): void {
  describe('callbacks', () => {
    let server: CallbackServer;
    let app: App;
    let upstream: Upstream;
    let started: StartedDevice;

    beforeAll(async () => {
      // It takes its time, so that there is always something that it was sent and has not answered.
      const answerLate: RequestListener = (_, response) => void setTimeout(() => response.end(), 150);
      server = await CallbackServer.start(answerLate, 0, sut.system.testHost);
      app = await appWithCallback(server.url);
      upstream = await Upstream.open({ ...sut.run, app });
      started = startDevice({ url: sut.run.sdk, appId: app.appId, appSecret: app.appSecret });
      await started.online();
    });

    afterAll(async () => {
      await started?.device.close();
      await upstream?.close();
      await server?.stop();
    });

    async function appWithCallback(callbackUrl: string): Promise<App> {
      const { userMysql: url, secret } = sut.run.internal;
      const client = createClient(userMysqlCalls, { url, secret });
      try {
        const word = (): string => randomBytes(12).toString('hex');
        const secrets = { appKey: word(), masterSecret: word(), appSecret: word() };
        const appId = word();
        await client.calls.createApp({ appId, ...secrets, name: 'told', disabled: false });
        return (await client.calls.changeApp({ appId, callbackUrl })).app!;
      } finally {
        await client.close();
      }
    }

    test('an upstream is told what a device did with a push, with its alias, and can check that we say so', async () => {
      const cid = started.cid();
      await upstream.call('POST', '/user/alias', { data_list: [{ cid, alias: 'told_one' }] });
      const beganMs = Date.now();
      const task = await upstream.push(cid, 'tell of me');
      const [push] = await started.waitForPushes(1);
      for (const event of ['shown', 'dismissed', 'clicked', 'custom:12345', 'custom:90001'] as const) {
        started.device.event(push!, event);
      }
      const lines = await waitFor('all is told', () => server.lines.length >= 4 && server.lines, 20_000);
      expect(lines.map(({ actionId }) => actionId)).toEqual(['0', '10000', '10010', '90001']);
      const signed = `${app.appId}${cid}${task}${push!.id}${app.masterSecret}`;
      for (const line of lines) {
        expect(line).toEqual({
          ...{ appid: app.appId, cid, taskid: task, msgid: push!.id, code: '200', desc: 'success', alias: 'told_one' },
          ...{ actionId: line.actionId, recvtime: expect.any(Number) },
          sign: createHash('md5').update(signed).digest('hex'),
        });
        expect(line.recvtime).toBeGreaterThanOrEqual(beganMs);
        expect(line.recvtime).toBeLessThanOrEqual(Date.now());
      }
    });

    test('CB2 an upstream that answers is told of every arrival, though all that tell it are killed in the middle', async () => {
      const before = { pushes: started.pushes.length, lines: server.lines.length };
      const pushing = Array.from({ length: 600 }, (_, index) => upstream.push(started.cid(), `k${index}`));
      await waitFor('a part is told', () => server.lines.length > before.lines + 100);
      const killed = ['im-1', 'im-2'].map((instance) => [instance, sut.system.kill(instance)] as const);
      for (const [instance, pid] of killed) await sut.backAgain(instance, pid);
      const tasks = await Promise.all(pushing);
      await started.waitForPushes(before.pushes + tasks.length, 60_000);
      const missing = (): string[] => {
        const told = new Set(server.lines.filter(({ actionId }) => actionId === '0').map(({ taskid }) => taskid));
        return tasks.filter((task) => !told.has(task));
      };
      await waitFor('every arrival is told', () => missing().length === 0, 60_000).catch(() => {});
      expect(missing()).toEqual([]);
    });
  });
}
