import { expect, onTestFinished, test } from 'vitest';
import { vendorMessage } from '../../../services/im/channel/testing/vendor-messages.ts';
import { apns } from '../../../services/im/channel/vendors/apns.ts';
import { http2Client } from '../../../services/im/edges/channel/http2-client.ts';
import { selfSignedCertificate } from '../../rigs/certificate.ts';
import { ApnsServer, newApnsKey } from '../../rigs/vendors/apns.ts';

const key = newApnsKey();
const certificate = selfSignedCertificate();
const http = () => Promise.reject(new Error('no HTTP/1.1'));

async function rig(credentials = key, tryMs = 1_000) {
  const server = await new ApnsServer(key, certificate).listen();
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  server.now = now;
  const openHttp2 = () => http2Client({ tryMs, ca: certificate.cert });
  const adapter = apns.open(credentials, { http, openHttp2, baseUrl: server.url, now });
  onTestFinished(async () => {
    await adapter.close();
    await server.stop();
    expect(server.faults).toEqual([]);
  });
  const send = async (token = 'a1', more = {}) => (await adapter.send(vendorMessage(more), [token]))[0];
  return { server, adapter, send, clock };
}

test('messages go over one connection of HTTP/2, with one token of the app’s key', async () => {
  const { server, adapter, send, clock } = await rig();
  const tokens = Array.from({ length: 50 }, (_, index) => `t${index}`);
  expect(await adapter.send(vendorMessage(), tokens)).toEqual(tokens.map(() => ({ is: 'sent' })));
  await send();
  expect(server.connections).toBe(1);
  expect(new Set(server.asked.map(({ authorization }) => authorization)).size).toBe(1);
  clock.aheadMs = 39 * 60_000;
  expect(await send()).toEqual({ is: 'sent' });
  expect(new Set(server.asked.map(({ authorization }) => authorization)).size).toBe(2);
});

test('headers say topic, type, priority, end and what a message takes the place of', async () => {
  const { server, send } = await rig();
  await send('a1', { exp: 1_900_000_000_000, collapseId: 'c7' });
  await send('a2', { level: 1, ios: { 'apns-collapse-id': 'own', aps: {} } });
  await send('a3', { title: '', body: '', ios: { aps: { 'content-available': 1 } } });
  const seen = server.asked.map((headers) =>
    ['topic', 'push-type', 'priority', 'collapse-id'].map((name) => headers[`apns-${name}`]),
  );
  expect(seen).toEqual([
    ['com.example.demo', 'alert', '10', 'c7'],
    ['com.example.demo', 'alert', '5', 'own'],
    ['com.example.demo', 'background', '5', undefined],
  ]);
  expect(server.asked[0]!['apns-expiration']).toBe('1900000000');
});

test('the body is Apple’s, with what is given for iOS by its fields; of what is too long the payload goes first', async () => {
  const { server, send } = await rig();
  const ios = {
    auto_badge: '3',
    aps: {
      sound: 'bell.caf',
      'thread-id': 'orders',
      'mutable-content': 1,
      alert: { subtitle: 's' },
      evil: 1,
      badge: -1,
    },
  };
  await send('a1', { ios, payload: 'p', click: { is: 'url', url: 'https://shop.example/1' } });
  expect(server.taken[0]!.request).toEqual({
    aps: {
      alert: { subtitle: 's', title: 'Your order', body: 'It is on its way' },
      badge: 3,
      sound: 'bell.caf',
      'thread-id': 'orders',
      'mutable-content': 1,
    },
    lw_id: 'RASS_1.m1',
    lw_task: 'RASS_1',
    url: 'https://shop.example/1',
    payload: 'p',
  });
  const long = { title: '字'.repeat(50), body: '字'.repeat(256), payload: 'p'.repeat(3_072) };
  for (const more of [{}, { ios: { aps: { alert: { 'loc-key': 'l'.repeat(4_000) } } } }]) {
    expect(await send('a2', { ...long, ...more, click: { is: 'url', url: `https://x/${'u'.repeat(1_000)}` } })).toEqual(
      {
        is: 'sent',
      },
    );
  }
  for (const { request } of server.of('a2')) {
    expect(request).toMatchObject({ partial: true, aps: { alert: { title: long.title, body: long.body } } });
    expect(request).not.toHaveProperty('payload');
  }
});

test('what Apple answers is what comes of it', async () => {
  const { server, send } = await rig();
  server.dead.add('dead');
  expect(await send('dead')).toEqual({ is: 'gone', reason: 'Unregistered' });
  server.tell(
    { status: 400, reason: 'BadDeviceToken' },
    { status: 400, reason: 'DeviceTokenNotForTopic' },
    { status: 413, reason: 'PayloadTooLarge' },
    { status: 403, reason: 'InvalidProviderToken' },
    { status: 429, reason: 'TooManyRequests' },
    { status: 429, reason: 'TooManyProviderTokenUpdates' },
    { status: 500, reason: 'InternalServerError' },
    { status: 503, reason: 'ServiceUnavailable', headers: { 'retry-after': '20' } },
  );
  const outcomes = [];
  for (let count = 0; count < 9; count++) outcomes.push(await send());
  expect(outcomes).toEqual([
    { is: 'gone', reason: 'BadDeviceToken' },
    { is: 'refused', reason: 'DeviceTokenNotForTopic' },
    { is: 'refused', reason: 'PayloadTooLarge' },
    { is: 'denied', reason: 'InvalidProviderToken' },
    { is: 'again', reason: 'TooManyRequests' },
    { is: 'again', afterMs: 60_000, of: 'app', reason: 'TooManyProviderTokenUpdates' },
    { is: 'again', reason: 'InternalServerError' },
    { is: 'again', afterMs: 20_000, of: 'app', reason: 'ServiceUnavailable' },
    { is: 'sent' },
  ]);
});

test('a key that Apple doesn’t know is denied; a token that it calls expired is made anew', async () => {
  const other = await rig(newApnsKey());
  expect(await other.send()).toEqual({ is: 'denied', reason: 'InvalidProviderToken' });
  const { server, send } = await rig();
  await send();
  server.now = () => Date.now() + 3_601_000;
  expect(await send()).toEqual({ is: 'again', reason: 'ExpiredProviderToken' });
  server.now = Date.now;
  expect(await send()).toEqual({ is: 'sent' });
});

test('a connection that ends, is about to end, or on which nothing comes back is replaced by one, and others’ requests go on', async () => {
  const { server, send } = await rig(key, 500);
  server.tell('goaway');
  expect(await send()).toEqual({ is: 'sent' });
  expect(await send()).toEqual({ is: 'sent' });
  expect(server.connections).toBe(2);
  server.tell('cut');
  expect(await send()).toMatchObject({ is: 'again' });
  expect(await send()).toEqual({ is: 'sent' });
  expect(server.connections).toBe(3);
  server.tellOf('hangs', 'hang');
  const [hung, other] = await Promise.all([send('hangs'), send('other')]);
  expect([hung, other]).toEqual([{ is: 'again', reason: 'unavailable' }, { is: 'sent' }]);
  expect(await send('hangs')).toEqual({ is: 'sent' });
  expect(server.connections).toBe(4);
});

test('a server without HTTP/2 is one that is not reached', async () => {
  const client = http2Client({ tryMs: 300 });
  onTestFinished(() => client.close());
  await expect(
    client.request({ method: 'POST', url: 'http://127.0.0.1:1/3/device/a', headers: {}, body: '{}' }),
  ).rejects.toMatchObject({ code: 'unavailable' });
});
