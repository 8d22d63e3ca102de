import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeviceStorage, memoryStorage } from '../../../sdk/src/index.ts';
import type { WebPushSubscription } from '../../../services/common/protocol/channel-calls.ts';
import { RawDevice, type StartedDevice, startDevice } from '../../rigs/device.ts';
import { PushService } from '../../rigs/push-service.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** Messages that go by a channel of a vendor: a push service on loopback takes them, and decrypts what browsers would. */
export function describeChannels(sut: SystemUnderTest): void {
  let service: PushService;

  const notification = (title: string) => ({ notification: { title, body: 'by Web Push', click_type: 'none' } });

  /** Pushes to one device. @returns the task's id */
  async function push(cid: string, title: string, more: Record<string, unknown> = {}): Promise<string> {
    const body = {
      request_id: randomBytes(12).toString('hex'),
      audience: { cid: [cid] },
      push_message: notification(title),
    };
    const answer = await sut.upstream.call('POST', '/push/single/cid', { ...body, ...more });
    expect(answer.msg).toBe('success');
    return Object.keys(answer.data as object)[0]!;
  }

  const titlesAt = (subscription: WebPushSubscription): string[] =>
    service
      .of(subscription)
      .map(({ text }) => (JSON.parse(text) as { notification: { title: string } }).notification.title);

  /** A device that has registered its channel, and is away. */
  async function awayDevice(subscription: WebPushSubscription): Promise<StartedDevice> {
    const started = startDevice({ ...sut.deviceOptions(), webPush: { ...subscription } });
    await started.online();
    await started.device.close();
    await sut.offline(started.cid());
    return started;
  }

  /** Of a device that is there already. */
  function storageOf(appId: string, credentials: { cid: string; token: string }): DeviceStorage {
    const storage = memoryStorage();
    void storage.save({ appId, ...credentials, seq: 0, ids: [] });
    return storage;
  }

  describe('channels of vendors', () => {
    beforeAll(async () => {
      service = await PushService.start(sut.run.webPush.publicKey, sut.certificate, sut.system.testHost);
    });
    afterAll(async () => {
      await service.stop();
      expect(service.faults).toEqual([]);
    });

    test('VC1 a device that is away gets its message by Web Push, and its app sees it once when it is back', async () => {
      const subscription = service.subscribe();
      const away = await awayDevice(subscription);
      const task = await push(away.cid(), 'one');
      const [received] = await service.waitFor(subscription, 1);
      const frame = JSON.parse(received!.text) as Record<string, unknown>;
      expect(frame).toMatchObject({ t: 'push', task, notification: { title: 'one', body: 'by Web Push' } });
      const back = startDevice({ ...sut.deviceOptions(), storage: away.storage });
      await push(away.cid(), 'two', { settings: { strategy: { default: 3 } } });
      const pushes = await back.waitForPushes(2);
      expect(pushes.map(({ id, notification: shown }) => [id, shown?.title])).toEqual([
        [frame['id'], 'one'],
        [expect.any(String), 'two'],
      ]);
      await back.device.close();
      expect(titlesAt(subscription)).toEqual(['one']);
    });

    test('VC2 a device that is connected gets nothing there, unless the strategy says so', async () => {
      const subscription = service.subscribe();
      const started = startDevice(sut.deviceOptions());
      await started.online();
      await started.device.setWebPush(subscription);
      await push(started.cid(), 'connected');
      await push(started.cid(), 'in any case', { settings: { strategy: { default: 1, webpush: 4 } } });
      await service.waitFor(subscription, 1);
      expect((await started.waitForPushes(2)).map(({ notification: shown }) => shown?.title)).toEqual([
        'connected',
        'in any case',
      ]);
      expect(titlesAt(subscription)).toEqual(['in any case']);
      await started.device.close();
    });

    test('VC3 strategy 3, a message that is not stored and a transmission go by no channel; what is given for it does', async () => {
      const subscription = service.subscribe();
      const away = await awayDevice(subscription);
      await push(away.cid(), 'three', { settings: { strategy: { default: 3 } } });
      await push(away.cid(), 'now or never', { settings: { ttl: -1 } });
      await push(away.cid(), '', { push_message: { transmission: 'data' } });
      const given = { webpush: { title: 'shown', body: 'of a transmission', urgency: 'high' } };
      await push(away.cid(), '', { push_message: { transmission: 'data' }, push_channel: given });
      const [received] = await service.waitFor(subscription, 1);
      expect(titlesAt(subscription)).toEqual(['shown']);
      expect(received!.headers['urgency']).toBe('high');
    });

    test('VC4 a device that registers a channel after it was pushed to is reached from then on, until it drops it', async () => {
      const raw = await RawDevice.open(sut.run.sdk);
      const credentials = await raw.register(sut.run.app);
      await push(credentials.cid, 'before');
      await raw.login(sut.run.app.appId, credentials);
      const subscription = service.subscribe();
      raw.send({ t: 'channel', rid: 1, kind: 'webpush', subscription: { ...subscription, endpoint: 'http://x/' } });
      expect(await raw.next('error')).toMatchObject({
        code: 'bad_frame',
        rid: 1,
        message: /^subscription\.endpoint: /,
      });
      raw.send({ t: 'channel', rid: 2, kind: 'webpush', subscription });
      expect(await raw.next('ok')).toEqual({ t: 'ok', rid: 2 });
      await raw.end();
      await sut.offline(credentials.cid);
      await push(credentials.cid, 'after');
      await service.waitFor(subscription, 1);
      const again = await RawDevice.open(sut.run.sdk);
      await again.login(sut.run.app.appId, credentials);
      again.send({ t: 'channel', rid: 3, kind: 'webpush', subscription: null });
      await again.next('ok');
      await again.end();
      await sut.offline(credentials.cid);
      await push(credentials.cid, 'dropped');
      const anew = service.subscribe();
      const back = startDevice({ ...sut.deviceOptions(), storage: storageOf(sut.run.app.appId, credentials) });
      await back.online();
      await back.device.setWebPush(anew);
      await back.device.close();
      await sut.offline(credentials.cid);
      await push(credentials.cid, 'again');
      await service.waitFor(anew, 1);
      expect([titlesAt(subscription), titlesAt(anew)]).toEqual([['after'], ['again']]);
    });

    test('VC5 lists reach the devices of them that are away and have a channel', async () => {
      const subscriptions = [service.subscribe(), service.subscribe()];
      const devices = [];
      for (const subscription of subscriptions) devices.push(await awayDevice(subscription));
      const other = startDevice(sut.deviceOptions());
      await other.online();
      const body = { request_id: randomBytes(12).toString('hex'), push_message: notification('to many') };
      const { data } = await sut.upstream.call('POST', '/push/list/message', body);
      const { taskid } = data as { taskid: string };
      const cid = [...devices, other].map((device) => device.cid());
      await sut.upstream.call('POST', '/push/list/cid', { taskid, audience: { cid } });
      for (const subscription of subscriptions) {
        await service.waitFor(subscription, 1);
        expect(titlesAt(subscription)).toEqual(['to many']);
      }
      expect((await other.waitForPushes(1))[0]!.notification?.title).toBe('to many');
      await other.device.close();
    });

    test('VC6 what went by a channel does not go again when Redis is emptied and filled anew', async () => {
      const subscription = service.subscribe();
      const away = await awayDevice(subscription);
      await push(away.cid(), 'before');
      await service.waitFor(subscription, 1);
      const redis = sut.openRedis();
      await redis.flushdb();
      await sut.depth(away.cid(), 1);
      await push(away.cid(), 'after');
      await service.waitFor(subscription, 2);
      expect(titlesAt(subscription)).toEqual(['before', 'after']);
      redis.disconnect();
      const back = startDevice({ ...sut.deviceOptions(), storage: away.storage });
      const pushes = await back.waitForPushes(2);
      expect(pushes.map(({ notification: shown }) => shown?.title)).toEqual(['before', 'after']);
      await back.device.close();
      await sut.leased();
    });
  });
}
