import { describe, expect, test } from 'vitest';
import { RawDevice, type StartedDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** What a device gets, when, and what it doesn't get again. */
export function describeDelivery(sut: SystemUnderTest): void {
  const texts = (device: StartedDevice): (string | undefined)[] => device.pushes.map((push) => push.transmission);

  describe('delivery', () => {
    test('E1 a device that is away gets its pushes at its next login, in order', async () => {
      const first = startDevice(sut.deviceOptions());
      await first.online();
      const cid = first.cid();
      first.device.close();
      await sut.offline(cid);
      for (let index = 0; index < 100; index++) await sut.upstream.push(cid, `n${index}`);
      const again = startDevice({ ...sut.deviceOptions(), storage: first.storage });
      await again.waitForPushes(100);
      expect(texts(again)).toEqual(Array.from({ length: 100 }, (_, index) => `n${index}`));
      again.device.close();
    });

    test('E2 what was not acknowledged comes again with the same seq and id; after the ack it does not', async () => {
      const raw = await RawDevice.open(sut.run.sdk);
      const credentials = await raw.register(sut.run.app);
      await raw.login(sut.run.app.appId, credentials);
      await sut.upstream.push(credentials.cid, 'one');
      await sut.upstream.push(credentials.cid, 'two');
      const [one, two] = [await raw.next('push'), await raw.next('push')];
      expect([one, two].map((push) => 'transmission' in push && push.transmission)).toEqual(['one', 'two']);
      expect(two.seq!).toBeGreaterThan(one.seq!);
      raw.terminate();

      const second = await RawDevice.open(sut.run.sdk);
      await second.login(sut.run.app.appId, credentials);
      expect([await second.next('push'), await second.next('push')]).toEqual([one, two]);
      second.send({ t: 'ack', seq: one.seq });
      await sut.depth(credentials.cid, 1);
      await second.end();

      const third = await RawDevice.open(sut.run.sdk);
      await third.login(sut.run.app.appId, credentials);
      expect(await third.next('push')).toEqual(two);
      third.send({ t: 'ack', seq: two.seq });
      await third.end();
      await sut.depth(credentials.cid, 0);

      const fourth = await RawDevice.open(sut.run.sdk);
      await fourth.login(sut.run.app.appId, credentials);
      await sut.upstream.push(credentials.cid, 'three');
      const three = await fourth.next('push');
      expect('transmission' in three && three.transmission).toBe('three');
      await fourth.end();
    });

    test('E3 what has expired does not come; what follows does', async () => {
      const device = startDevice(sut.deviceOptions());
      await device.online();
      const cid = device.cid();
      device.device.close();
      await sut.offline(cid);
      await sut.upstream.push(cid, 'short', { ttl: 1_000 });
      await sut.upstream.push(cid, 'never stored', { ttl: -1 });
      await sut.upstream.push(cid, 'long');
      const accepted = Date.now();
      await waitFor('the short one has expired', () => Date.now() > accepted + 1_100, 5_000);
      const again = startDevice({ ...sut.deviceOptions(), storage: device.storage });
      await again.waitForPushes(1);
      await sut.upstream.push(cid, 'last');
      await again.waitForPushes(2);
      expect(texts(again)).toEqual(['long', 'last']);
      again.device.close();
    });

    test('E4 a push with ttl -1 reaches a device that is online, without a position', async () => {
      const raw = await RawDevice.open(sut.run.sdk);
      const credentials = await raw.register(sut.run.app);
      await raw.login(sut.run.app.appId, credentials);
      await sut.upstream.push(credentials.cid, 'now', { ttl: -1 });
      const push = await raw.next('push');
      expect(push.seq).toBeUndefined();
      await raw.end();
    });

    test('E5 a device gets no more than its window before it acknowledges, and the rest as it does', async () => {
      const raw = await RawDevice.open(sut.run.sdk);
      const credentials = await raw.register(sut.run.app);
      for (let index = 0; index < 80; index++) await sut.upstream.push(credentials.cid, `w${index}`);
      await sut.depth(credentials.cid, 80);
      const { window } = await raw.login(sut.run.app.appId, credentials);
      const got: string[] = [];
      for (let index = 0; index < 80; index++) {
        const push = await raw.next('push');
        got.push('transmission' in push ? push.transmission : '');
        if (index + 1 === window) {
          await raw.ping();
          expect(raw.unread).toEqual([]);
        }
        if (index + 1 >= window) raw.send({ t: 'ack', seq: push.seq });
      }
      expect(got).toEqual(Array.from({ length: 80 }, (_, index) => `w${index}`));
      await raw.end();
    });

    test('E6 a newer login of the same cid replaces the older one, on whichever node it is', async () => {
      const older = await RawDevice.open(sut.run.sdk);
      const credentials = await older.register(sut.run.app);
      await older.login(sut.run.app.appId, credentials);
      for (let round = 0, last = older; round < 6; round++) {
        const newer = await RawDevice.open(sut.run.sdk);
        await newer.login(sut.run.app.appId, credentials);
        expect((await last.next('kick')).reason).toBe('replaced');
        expect((await last.closed()).code).toBe(4409);
        last = newer;
        if (round === 5) await newer.end();
      }
    });

    test('E7 an alias finds its device; a batch finds all of its devices, also when it is asynchronous', async () => {
      const devices = Array.from({ length: 5 }, () => startDevice(sut.deviceOptions()));
      await Promise.all(devices.map((device) => device.online()));
      const alias = `user_${devices[0]!.cid().slice(0, 8)}`;
      const bound = await sut.upstream.call('POST', '/user/alias', { data_list: [{ cid: devices[0]!.cid(), alias }] });
      expect(bound.code).toBe(0);
      const { audience: _, ...body } = sut.upstream.pushBody('', 'by alias');
      const pushed = await sut.upstream.call('POST', '/push/single/alias', { ...body, audience: { alias: [alias] } });
      expect(Object.values(Object.values(pushed.data as object)[0])).toEqual(['successed_online']);
      for (const isAsync of [false, true]) {
        const list = devices.map((device) => sut.upstream.pushBody(device.cid(), `batch ${isAsync}`));
        const answer = await sut.upstream.call('POST', '/push/single/batch/cid', { is_async: isAsync, msg_list: list });
        expect(answer.code).toBe(0);
        expect(Object.keys((answer.data as object | undefined) ?? {})).toHaveLength(isAsync ? 0 : 5);
      }
      await Promise.all(devices.map((device, index) => device.waitForPushes(index === 0 ? 3 : 2)));
      expect(texts(devices[0]!).sort()).toEqual(['batch false', 'batch true', 'by alias']);
      for (const device of devices) device.device.close();
    });
  });
}
