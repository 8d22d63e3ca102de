import { describe, expect, test } from 'vitest';
import { RawDevice, startDevice } from '../../rigs/device.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** What a device asks to have kept of itself, over its own connection. */
export function describeDeviceCalls(sut: SystemUnderTest): void {
  const get = async (path: string): Promise<unknown> => (await sut.upstream.call('GET', path)).data;

  describe('calls of devices', () => {
    test('DC1 the SDK binds and unbinds its alias, and pushes to it arrive', async () => {
      const started = startDevice(sut.deviceOptions());
      await started.online();
      const cid = started.cid();
      const alias = `me_${cid.slice(0, 10)}`;
      await started.device.bindAlias(alias);
      expect(await get(`/user/cid/alias/${alias}`)).toEqual({ cid: [cid] });
      const { audience: _, ...body } = sut.upstream.pushBody('', 'by my alias');
      await sut.upstream.call('POST', '/push/single/alias', { ...body, audience: { alias: [alias] } });
      const [push] = await started.waitForPushes(1);
      expect(push!.transmission).toBe('by my alias');
      await started.device.unbindAlias(alias);
      expect(await get(`/user/alias/cid/${cid}`)).toEqual({ alias: '' });
      await expect(started.device.bindAlias('not an alias')).rejects.toMatchObject({ code: 'call_refused' });
      await started.device.close();
    });

    test('DC2 the SDK sets its tags; of those set in a row the last ones hold, and upstreams count by them', async () => {
      const started = startDevice(sut.deviceOptions());
      await started.online();
      const cid = started.cid();
      const own = `only_${cid.slice(0, 10)}`;
      await Promise.all(Array.from({ length: 20 }, (_, turn) => started.device.setTags([`turn${turn}`, own])));
      expect(await get(`/user/custom_tag/cid/${cid}`)).toEqual({ [cid]: [`${own} turn19`] });
      const tag = [
        { key: 'custom_tag', values: [own], opt_type: 'or' },
        { key: 'phone_type', values: ['ios'], opt_type: 'not' },
      ];
      expect((await sut.upstream.call('POST', '/user/count', { tag })).data).toEqual({ user_count: 1 });
      await expect(started.device.setTags(['a b'])).rejects.toMatchObject({ code: 'call_refused' });
      await started.device.setTags([]);
      expect(await get(`/user/custom_tag/cid/${cid}`)).toEqual({ [cid]: [''] });
      await started.device.close();
    });

    test('DC3 the eleventh device of an alias is refused with its rid, and the connection stays', async () => {
      const raw = await RawDevice.open(sut.run.sdk);
      const devices = [];
      for (let count = 0; count < 10; count++) devices.push(await raw.register(sut.run.app));
      const alias = `crowd_${devices[0]!.cid.slice(0, 10)}`;
      await sut.upstream.call('POST', '/user/alias', { data_list: devices.map(({ cid }) => ({ cid, alias })) });
      await raw.login(sut.run.app.appId, await raw.register(sut.run.app));
      raw.send({ t: 'alias', rid: 'x1', op: 'bind', alias });
      expect(await raw.next('error')).toMatchObject({ code: 'forbidden', rid: 'x1' });
      raw.send({
        t: 'tags',
        rid: 2,
        set: Array(101)
          .fill('')
          .map((_, index) => `t${index}`),
      });
      expect(await raw.next('error')).toMatchObject({ code: 'bad_frame', rid: 2 });
      raw.send({ t: 'tags', rid: 3, set: ['fine'] });
      expect(await raw.next('ok')).toEqual({ t: 'ok', rid: 3 });
      await raw.end();
    });
  });
}
