import { describe, expect, test } from 'vitest';
import { Keys } from '../../../services/user-redis/keys.ts';
import { RawDevice, startDevice } from '../../rigs/device.ts';
import { waitFor } from '../../rigs/process.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const keys = new Keys('longwire');

/** Devices on the blacklist: out at once, and not in again. */
export function describeBlacklist(sut: SystemUnderTest): void {
  const black = (method: 'POST' | 'DELETE', ...cids: string[]) =>
    sut.upstream.call(method, `/user/black/cid/${cids.join(',')}`);

  async function connected() {
    const raw = await RawDevice.open(sut.run.sdk);
    const credentials = await raw.register(sut.run.app);
    const { session } = await raw.login(sut.run.app.appId, credentials);
    return { raw, credentials, node: session.split('-').slice(0, -2).join('-') };
  }

  async function refused(credentials: { cid: string; token: string }): Promise<void> {
    const raw = await RawDevice.open(sut.run.sdk);
    raw.send({ t: 'login', appId: sut.run.app.appId, seq: 0, ...credentials });
    expect(await raw.next('error')).toMatchObject({ code: 'forbidden' });
    expect((await raw.closed()).code).toBe(4403);
  }

  describe('blacklist', () => {
    test('BL1 connected devices are kicked within a second on whichever node, refused from then on, and get nothing', async () => {
      const devices = [];
      while (devices.length < 4 || new Set(devices.map(({ node }) => node)).size < 2) devices.push(await connected());
      const cids = devices.map(({ credentials }) => credentials.cid);
      const from = Date.now();
      const done = black('POST', ...cids);
      const closes = await Promise.all(
        devices.map(async ({ raw }) => {
          expect((await raw.next('kick')).reason).toBe('blacklisted');
          return raw.closed();
        }),
      );
      expect(Date.now() - from).toBeLessThan(1_000);
      expect((await done).code).toBe(0);
      expect(closes.map(({ code }) => code)).toEqual(cids.map(() => 4403));

      const [one] = devices as [(typeof devices)[0]];
      const { audience: _, ...body } = sut.upstream.pushBody('', 'nothing');
      const answer = await sut.upstream.call('POST', '/push/single/cid', { ...body, audience: { cid: [cids[0]] } });
      expect(Object.values(answer.data as object)).toEqual([{ [cids[0]!]: 'blacklisted' }]);
      await refused(one.credentials);

      expect((await black('DELETE', ...cids)).code).toBe(0);
      const back = await RawDevice.open(sut.run.sdk);
      await back.login(sut.run.app.appId, one.credentials);
      await sut.upstream.push(cids[0]!, 'again');
      expect(await back.next('push')).toMatchObject({ transmission: 'again' });
      await back.end();
    });

    test('BL2 a push that was not told stays out of its queue too', async () => {
      const { raw, credentials } = await connected();
      await black('POST', credentials.cid);
      await raw.closed();
      const list = [sut.upstream.pushBody(credentials.cid, 'by the planner')];
      await sut.upstream.call('POST', '/push/single/batch/cid', { is_async: true, msg_list: list });
      const other = await connected();
      const after = [sut.upstream.pushBody(other.credentials.cid, 'after it')];
      await sut.upstream.call('POST', '/push/single/batch/cid', { is_async: true, msg_list: after });
      expect(await other.raw.next('push', 15_000)).toMatchObject({ transmission: 'after it' });
      await sut.depth(credentials.cid, 0);
      await other.raw.end();
    });

    test('BL3 it is refused while MySQL is away, and after its mark is lost with Redis; the mark comes back', async () => {
      const { raw, credentials } = await connected();
      await black('POST', credentials.cid);
      await raw.closed();
      const redis = sut.openRedis();
      const database = sut.database.instance;
      try {
        const key = keys.device(credentials.cid);
        await redis.del(key);
        await refused(credentials);
        expect(await redis.get(key)).toMatch(/^!/);
        sut.system.kill(database, 'SIGSTOP');
        await refused(credentials);
      } finally {
        sut.system.kill(database, 'SIGCONT');
        redis.disconnect();
      }
    });

    test('BL4 the SDK stops for good, and its app is told why', async () => {
      const { device, cid, online } = startDevice(sut.deviceOptions());
      await online();
      await black('POST', cid());
      await waitFor('the device has stopped', () => device.state === 'stopped');
    });
  });
}
