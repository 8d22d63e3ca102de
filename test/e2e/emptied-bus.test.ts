import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawDevice, type StartedDevice, startDevice } from '../rigs/device.ts';
import { startSystem, type TestSystem } from '../rigs/system.ts';
import { Upstream } from '../rigs/upstream.ts';

let system: TestSystem;
let upstream: Upstream;
beforeAll(async () => {
  system = await startSystem();
  upstream = await Upstream.open(system.run());
});
afterAll(async () => {
  await upstream?.close();
  await system?.stop();
});

test('a bus that is emptied without a new generation silences no device: it is made anew and told of, and positions go on above those of before', async () => {
  const { sdk: url, app } = system.run();
  const options = { url, appId: app.appId, appSecret: app.appSecret };
  const [online, offline] = [startDevice(options), startDevice(options)];
  await Promise.all([online.online(), offline.online()]);
  for (let number = 0; number < 20; number++) {
    await upstream.push(online.cid(), `before ${number}`);
    await upstream.push(offline.cid(), `before ${number}`);
  }
  await upstream.pushAll('all before');
  await Promise.all([online.waitForPushes(21), offline.waitForPushes(21)]);
  offline.device.close();

  const redis = new Redis(system.processOf('bus-redis-1').url!);
  await redis.flushall();
  redis.disconnect();
  await upstream.push(online.cid(), 'after');
  await upstream.push(offline.cid(), 'after');
  await upstream.pushAll('all after');
  const again = startDevice({ ...options, storage: offline.storage });
  await Promise.all([online.waitForPushes(23, 60_000), again.waitForPushes(2, 60_000)]);
  const texts = (device: StartedDevice) => device.pushes.map(({ transmission }) => transmission);
  expect(texts(online).slice(-2).sort()).toEqual(['after', 'all after']);
  expect(texts(again).sort()).toEqual(['after', 'all after']);
  expect(new Set(texts(online)).size).toBe(23);
  expect(readFileSync(join(system.dataDir, 'logs', 'im-1.log'), 'utf8')).toContain('the bus has lost a topic');
  online.device.close();
  again.device.close();
});

test('a device that says it has finished what there is not gets what is pushed to it, then and after an honest login', async () => {
  const { sdk, app } = system.run();
  const first = await RawDevice.open(sdk);
  const credentials = await first.register(app);
  await first.login(app.appId, credentials, { seq: 9_007_199_254_740_981 });
  expect(await first.next('error')).toMatchObject({ code: 'bad_position', field: 'seq' });
  await upstream.push(credentials.cid, 'first');
  expect(await first.next('push')).toMatchObject({ transmission: 'first' });
  await first.end();
  const second = await RawDevice.open(sdk);
  await second.login(app.appId, credentials);
  await upstream.push(credentials.cid, 'second');
  expect(await second.next('push')).toMatchObject({ transmission: 'first' });
  expect(await second.next('push')).toMatchObject({ transmission: 'second' });
  await second.end();
});
