import { describe, expect, test } from 'vitest';
import { RawDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const pushes = 150;
const takeovers = 100;
const texts = Array.from({ length: pushes }, (_none, number) => `t${number}`);

/** A device that is in two places for a moment, again and again. */
export function describeTakeovers(sut: SystemUnderTest): void {
  describe('takeovers', () => {
    test(`E70 ${pushes} pushes while a device is taken over ${takeovers} times, on either node: nothing lost, nothing twice, in order`, async () => {
      const { sdk, app } = sut.run;
      // One app, whatever connection a message comes by: it keeps to the SDK's rules, which say what it has had.
      const had = { seq: 0, texts: [] as string[] };
      /** The highest position of each connection: at its login, then as it came. */
      const reached = new Map<RawDevice, number>();
      let notRising = 0;
      const take = (device: RawDevice): void => {
        for (const frame of device.unread.splice(0)) {
          if (frame.t !== 'push' || frame.seq === undefined) continue;
          if (frame.seq <= reached.get(device)!) notRising++;
          reached.set(device, frame.seq);
          if (frame.seq <= had.seq) continue;
          had.seq = frame.seq;
          if ('transmission' in frame) had.texts.push(frame.transmission);
          if (device.isOpen) device.send({ t: 'ack', seq: had.seq });
        }
      };
      let current = await RawDevice.open(sdk);
      const credentials = await current.register(app);
      reached.set(current, 0);
      await current.login(app.appId, credentials);
      const pushing = (async () => {
        for (const text of texts) await sut.upstream.push(credentials.cid, text);
      })();
      for (let count = 0; count < takeovers; count++) {
        const next = await RawDevice.open(sdk);
        take(current);
        reached.set(next, had.seq);
        await next.login(app.appId, credentials, { seq: had.seq });
        expect((await current.closed()).code).toBe(4409);
        take(current);
        current = next;
      }
      await pushing;
      await waitFor('all have come', () => {
        take(current);
        return had.texts.length >= pushes;
      });
      expect(had.texts).toEqual(texts);
      expect(notRising).toBe(0);
      await current.end();
    });

    test('E71 a device that stays gets every push of a rolling restart of its nodes, in order, each once', async () => {
      const device = startDevice(sut.deviceOptions());
      await device.online();
      let going = true;
      const accepted: string[] = [];
      const pushing = (async () => {
        for (let number = 0; going; number++) {
          await sut.upstream.push(device.cid(), `r${number}`);
          accepted.push(`r${number}`);
        }
      })();
      for (const instance of ['cm-1', 'cm-2']) {
        const pid = sut.system.kill(instance, 'SIGTERM');
        await sut.backAgain(instance, pid);
        await sut.leased();
      }
      going = false;
      await pushing;
      await device.waitForPushes(accepted.length, 60_000);
      expect(device.pushes.map(({ transmission }) => transmission)).toEqual(accepted);
      expect(accepted.length).toBeGreaterThan(20);
      device.device.close();
    });
  });
}
