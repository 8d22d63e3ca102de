import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { waitFor } from '../../../test/rigs/process.ts';
import { connect } from '../connect.ts';
import { memoryStorage } from '../storage.ts';
import { subscribeWebPush } from '../web-push.ts';

const json = { endpoint: 'https://push.example/1', expirationTime: null, keys: { p256dh: 'B', auth: 'A' } };

/** As a browser has it: what matters of it is behind `toJSON`. */
const subscription = { toJSON: () => json };

it('a subscription is asked for with the key of the server, for messages that are shown', async () => {
  const asked: object[] = [];
  const subscribe = async (options: object) => {
    asked.push(options);
    return subscription;
  };
  expect(await subscribeWebPush({ pushManager: { subscribe } }, 'KEY')).toBe(subscription);
  expect(asked).toEqual([{ userVisibleOnly: true, applicationServerKey: 'KEY' }]);
});

it('a device registers with its subscription, and sets and drops it later, as JSON', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const channels: unknown[] = [];
  const answers: Record<string, object> = {
    register: { t: 'registered', cid: 'c'.repeat(32), token: 'token' },
    login: { t: 'welcome', session: 's', heartbeat: 60, serverTime: 1, window: 32, bseq: 0 },
  };
  server.on('connection', (peer) => {
    peer.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { t: string; rid?: string; channel?: unknown };
      if (frame.t === 'register') channels.push(frame.channel);
      if (frame.t === 'channel') channels.push(frame);
      peer.send(JSON.stringify(answers[frame.t] ?? { t: 'ok', rid: frame.rid }));
    });
  });
  const device = connect({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sdk/v1`,
    ...{ appId: 'app', sign: () => 'a'.repeat(64), storage: memoryStorage(), onPush: () => {} },
    webPush: subscription,
  });
  await waitFor('it is online', () => device.state === 'online');
  await device.setWebPush(subscription);
  await device.setWebPush(null);
  const call = { t: 'channel', kind: 'webpush' };
  expect(channels).toEqual([
    { kind: 'webpush', subscription: json },
    { ...call, rid: '1', subscription: json },
    { ...call, rid: '2', subscription: null },
  ]);
  await device.close();
  server.close();
});
