import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import webpush from 'web-push';
import type { WebPushSubscription } from '../../../services/common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../../services/common/protocol/channel-records.ts';
import type { ChannelAdapter } from '../../../services/im/channel/adapter.ts';
import { webPushAdapter } from '../../../services/im/edges/channel/web-push.ts';
import { PushService } from '../../rigs/push-service.ts';

const { publicKey, privateKey } = webpush.generateVAPIDKeys();
const vapid = { subject: 'mailto:push@example.com', publicKey, privateKey };
const trusted = getCACertificates('default');

let service: PushService;
beforeEach(async () => {
  service = await PushService.start(publicKey);
  setDefaultCACertificates([...trusted, service.certificate.cert]);
});
afterEach(() => service.stop());

function adapterOf(more: { allowInternal?: boolean; tryMs?: number; publicKey?: string } = {}) {
  const { allowInternal = true, tryMs = 5_000 } = more;
  const options = { vapid, allowInternal, tryMs, maxServices: 10, socketsPerService: 4, now: Date.now };
  const adapter = webPushAdapter(options, pino({ level: 'silent' }));
  onTestFinished(() => adapter.close());
  return adapter;
}

function messageOf(text = 'b', exp = Date.now() + 60_000): ChannelMessage {
  const frame = {
    t: 'push',
    id: 'm1',
    task: 'T',
    at: 1,
    exp,
    notification: { title: 't', body: text, clickType: 'none' },
  };
  return {
    kind: 'message',
    app: 'app',
    task: 'T',
    exp,
    body: JSON.stringify(frame),
    orders: {},
    cids: ['c'.repeat(32)],
  };
}

const sendOne = async (adapter: ChannelAdapter, message: ChannelMessage, subscription: WebPushSubscription) =>
  (await adapter.send(message, [subscription]))[0]!;

test('a browser decrypts the push frame, and its push service sees who sent it, for how long and how urgent', async () => {
  const adapter = adapterOf();
  const subscription = service.subscribe();
  expect(adapter.laneOf('app', subscription)).toBe(service.origin);
  const message = messageOf('字'.repeat(256));
  expect(await sendOne(adapter, message, subscription)).toEqual({ is: 'sent' });
  const [received] = service.of(subscription);
  expect(received!.text).toBe(message.body);
  expect(received!.headers).toMatchObject({ urgency: 'normal', topic: expect.stringMatching(/^[\w-]{32}$/) });
  expect(Number(received!.headers['ttl'])).toBeGreaterThan(50);
  expect(Number(received!.headers['ttl'])).toBeLessThanOrEqual(60);
  expect(received!.length).toBeLessThanOrEqual(4_096);
  expect(service.faults).toEqual([]);
});

test('the longest payload is within what every push service takes', async () => {
  const subscription = service.subscribe();
  const frame = JSON.parse(messageOf().body) as { notification: object };
  const notification = { ...frame.notification, payload: 'p'.repeat(3_072), intent: 'i'.repeat(4_096) };
  const message = { ...messageOf(), body: JSON.stringify({ ...frame, notification }) };
  expect(await sendOne(adapterOf(), message, subscription)).toEqual({ is: 'sent' });
  expect(service.of(subscription)[0]!.length).toBeLessThanOrEqual(4_096);
  expect(service.faults).toEqual([]);
});

test('what the service answers is what comes of it', async () => {
  const adapter = adapterOf();
  const subscription = service.subscribe();
  service.answer(
    subscription,
    { status: 410 },
    { status: 404 },
    { status: 429, headers: { 'retry-after': '7' } },
    { status: 500 },
    { status: 413 },
    { status: 307, headers: { location: service.subscribe().endpoint } },
  );
  const outcomes = [];
  for (let tries = 0; tries < 7; tries++) outcomes.push(await sendOne(adapter, messageOf(), subscription));
  expect(outcomes).toEqual([
    { is: 'gone' },
    { is: 'gone' },
    { is: 'again', afterMs: 7_000 },
    { is: 'again' },
    { is: 'refused' },
    { is: 'refused' },
    { is: 'sent' },
  ]);
  expect(service.received).toHaveLength(1);
});

test('a service that hangs, and one that is not there, cost one deadline and are to be tried again', async () => {
  const adapter = adapterOf({ tryMs: 200 });
  const subscription = service.subscribe();
  service.answer(subscription, 'hang');
  expect(await sendOne(adapter, messageOf(), subscription)).toEqual({ is: 'again' });
  expect(await sendOne(adapter, messageOf(), { ...subscription, endpoint: 'https://127.0.0.1:1/x' })).toEqual({
    is: 'again',
  });
  expect(await sendOne(adapter, messageOf(), subscription)).toEqual({ is: 'sent' });
});

test('an internal address is refused unless it is allowed, and nobody is asked', async () => {
  const adapter = adapterOf({ allowInternal: false });
  const subscription = service.subscribe();
  expect(await sendOne(adapter, messageOf(), subscription)).toEqual({ is: 'refused' });
  const byName = subscription.endpoint.replace('127.0.0.1', 'localhost');
  expect(await sendOne(adapter, messageOf(), { ...subscription, endpoint: byName })).toEqual({ is: 'refused' });
  expect(service.asked).toBe(0);
});

test('what there is nothing to show of is not sent', async () => {
  const message = { ...messageOf(), body: JSON.stringify({ t: 'push', id: 'm1', task: 'T', transmission: 'x' }) };
  expect(await sendOne(adapterOf(), message, service.subscribe())).toEqual({ is: 'nothing' });
  expect(service.asked).toBe(0);
});
