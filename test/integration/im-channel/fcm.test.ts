import { expect, onTestFinished, test } from 'vitest';
import { vendorMessage } from '../../../services/im/channel/testing/vendor-messages.ts';
import { fcm } from '../../../services/im/channel/vendors/fcm.ts';
import { vendorHttp } from '../../../services/im/edges/channel/vendor-http.ts';
import { FcmServer, fcmRefusals, newServiceAccount } from '../../rigs/vendors/fcm.ts';

const account = newServiceAccount();
const openHttp2 = () => {
  throw new Error('no HTTP/2');
};

async function rig(serviceAccount = account) {
  const server = await new FcmServer(account).listen();
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  server.now = now;
  const http = vendorHttp({ tryMs: 400, sockets: 8 });
  const adapter = fcm.open({ serviceAccount }, { http: http.request, openHttp2, baseUrl: server.url, now });
  onTestFinished(async () => {
    await adapter.close();
    await http.close();
    await server.stop();
    expect(server.faults).toEqual([]);
  });
  const send = async (token = 'device:1', more = {}) => (await adapter.send(vendorMessage(more), [token]))[0];
  return { server, send, clock };
}

test('a message goes with an OAuth token of the service account, which is asked for once while it is good', async () => {
  const { server, send, clock } = await rig();
  expect(await Promise.all([send('a'), send('b'), send('c')])).toEqual(Array(3).fill({ is: 'sent' }));
  expect(server.callsOf(server.tokenPath)).toHaveLength(1);
  expect(server.taken.map(({ token, title }) => `${token} ${title}`).sort()).toEqual([
    'a Your order',
    'b Your order',
    'c Your order',
  ]);
  clock.aheadMs = 3_500_000;
  await send();
  expect(server.callsOf(server.tokenPath)).toHaveLength(2);
});

test('what a message says is where FCM has it', async () => {
  const { server, send } = await rig();
  const click = { is: 'url' as const, url: 'https://shop.example/1' };
  const options = { '/android/notification/color': '#ff0000', '/token': 'other', '/topic': 'all', HW: 1 };
  await send('t', { click, payload: 'p', channelId: 'orders', badgeAdd: 2, notifyId: 7, collapseId: 'c7', options });
  expect(server.taken[0]!.request).toEqual({
    token: 't',
    notification: { title: 'Your order', body: 'It is on its way' },
    data: { lw_id: 'RASS_1.m1', lw_task: 'RASS_1', click: 'url', url: 'https://shop.example/1', payload: 'p' },
    android: {
      ttl: '3600s',
      priority: 'HIGH',
      collapse_key: 'c7',
      notification: { tag: 'c7', channel_id: 'orders', notification_count: 2, color: '#ff0000' },
    },
  });
});

test('the longest message is within FCM’s 4,096 bytes', async () => {
  const { server, send } = await rig();
  const longest = { title: '字'.repeat(50), body: '字'.repeat(256), payload: 'p'.repeat(3_072) };
  expect(await send('t', { ...longest, click: { is: 'intent', intent: 'i'.repeat(4_096) } })).toEqual({ is: 'sent' });
  expect(server.taken[0]!.request['data']).toMatchObject({ partial: 'true', lw_id: 'RASS_1.m1' });
});

test('what FCM answers is what comes of it', async () => {
  const { server, send } = await rig();
  server.dead.add('dead');
  expect(await send('dead')).toEqual({ is: 'gone', reason: 'UNREGISTERED' });
  const { quota, unavailable, invalid, sender, forbidden } = fcmRefusals;
  const told = [quota, unavailable, invalid, sender, forbidden, { status: 500, headers: { 'retry-after': '9' } }];
  server.tell(server.sendPath, ...told, { status: 429 }, 'garbage', 'hang', 'cut', 'flood');
  const outcomes = [];
  for (let count = 0; count < 11; count++) outcomes.push(await send());
  expect(outcomes).toEqual([
    { is: 'again', afterMs: 30_000, of: 'app', reason: 'QUOTA_EXCEEDED' },
    { is: 'again', reason: 'UNAVAILABLE' },
    { is: 'refused', reason: 'INVALID_ARGUMENT' },
    { is: 'refused', reason: 'SENDER_ID_MISMATCH' },
    { is: 'denied', reason: 'PERMISSION_DENIED' },
    { is: 'again', afterMs: 9_000, of: 'app', reason: 'http_500' },
    { is: 'again', afterMs: 60_000, of: 'app', reason: 'http_429' },
    { is: 'sent' },
    { is: 'again', reason: 'unavailable' },
    { is: 'again', reason: 'unavailable' },
    { is: 'again', reason: 'unavailable' },
  ]);
});

test('an access token that is not good any more is got anew; an account that Google refuses is denied, and not asked about at once again', async () => {
  const { server, send } = await rig();
  await send();
  server.expireTokens();
  expect(await send()).toMatchObject({ is: 'again', reason: 'UNAUTHENTICATED' });
  expect(await send()).toEqual({ is: 'sent' });
  const other = await rig({ ...account, private_key: newServiceAccount().private_key });
  expect(await other.send()).toEqual({ is: 'denied', reason: 'invalid_grant' });
  expect(await other.send()).toEqual({ is: 'denied', reason: 'invalid_grant' });
  expect(other.server.callsOf(other.server.tokenPath)).toHaveLength(1);
  other.clock.aheadMs = 5_001;
  await other.send();
  expect(other.server.callsOf(other.server.tokenPath)).toHaveLength(2);
});

test('while Google’s OAuth is away messages are to be tried again', async () => {
  const { server, send } = await rig();
  server.tell(server.tokenPath, { status: 503, headers: { 'retry-after': '4' } });
  expect(await send()).toEqual({ is: 'again', afterMs: 4_000, of: 'app', reason: 'http_503' });
});
