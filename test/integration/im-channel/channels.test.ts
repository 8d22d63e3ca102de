import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import webpush from 'web-push';
import type { Batch } from '../../../services/common/bus/bus.ts';
import type { WebPushSubscription } from '../../../services/common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../../services/common/protocol/channel-records.ts';
import { Channels } from '../../../services/im/channel/channels.ts';
import { Lanes } from '../../../services/im/channel/lanes.ts';
import { Sender } from '../../../services/im/channel/sender.ts';
import { webPushAdapter } from '../../../services/im/edges/channel/web-push.ts';
import { createChannelMetrics } from '../../../services/im/metrics.ts';
import { selfSignedCertificate } from '../../rigs/certificate.ts';
import { PushService } from '../../rigs/push-service.ts';

const { publicKey, privateKey } = webpush.generateVAPIDKeys();
const certificate = selfSignedCertificate();
const trusted = getCACertificates('default');
const log = pino({ level: 'silent' });
const cid = (index: number): string => index.toString(16).padStart(32, '0');
const none = { depth: 1, attachedAt: null };

let services: PushService[];
beforeEach(async () => {
  setDefaultCACertificates([...trusted, certificate.cert]);
  services = await Promise.all([1, 2].map(() => PushService.start(publicKey, certificate)));
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
});

/** Channels as `start.ts` composes them, over a directory in memory in which the devices have these subscriptions. */
function rig(subscriptions: Record<string, WebPushSubscription>, tryMs = 5_000) {
  const kept = new Map(Object.entries(subscriptions));
  const lanes = new Lanes({ maxLanes: 10, concurrency: 2, maxPerLane: 100, maxJobs: 100 });
  const metrics = createChannelMetrics(new Registry(), () => []);
  const vapid = { subject: 'mailto:push@example.com', publicKey, privateKey };
  const bounds = { maxServices: 10, socketsPerService: 2, now: Date.now };
  const adapter = webPushAdapter({ vapid, allowInternal: true, tryMs, ...bounds }, log);
  onTestFinished(async () => {
    await lanes.stop();
    await adapter.close();
  });
  const states = {
    status: async ({ items }: { items: unknown[] }) => ({ results: items.map(() => ({ online: false, ...none })) }),
    queued: async ({ items }: { items: unknown[] }) => ({
      results: items.map(() => ({ queued: true, stopped: false })),
    }),
  };
  const dropChannels = async ({ items }: { items: { cid: string }[] }) => {
    for (const item of items) kept.delete(item.cid);
    return { results: items.map(() => ({})) };
  };
  const channelsOf = async ({ items }: { items: { cid: string }[] }) => ({
    results: items.map((item) => {
      const subscription = kept.get(item.cid);
      return { channels: subscription ? [{ kind: 'webpush' as const, subscription }] : [] };
    }),
  });
  const shared = { lanes, states, kept: { dropChannels }, results: { note: () => {} }, metrics, now: Date.now, log };
  const senders = new Map([['webpush' as const, new Sender({ ...shared, adapter })]]);
  const channels = new Channels({ directory: { channelsOf }, senders, metrics, now: Date.now, log });
  let offset = 0;
  const push = (task: string, ...cids: string[]): Promise<void> => {
    const exp = Date.now() + 600_000;
    const frame = { t: 'push', id: task, task, at: 1, exp, notification: { title: 't', body: 'b', clickType: 'none' } };
    const record: ChannelMessage = {
      kind: 'message',
      app: 'app',
      task,
      exp,
      body: JSON.stringify(frame),
      orders: {},
      cids,
    };
    const records = [{ offset: offset++, key: 'k', value: JSON.stringify(record), timeMs: 1 }];
    return channels.handle({ partition: 0, records, stale: () => false } satisfies Batch);
  };
  const count = async (outcome: string) =>
    (await metrics.messages.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  return { kept, push, count };
}

test('a service that hangs holds up no other, nor later messages to it once it answers again', async () => {
  const [hanging, working] = services as [PushService, PushService];
  const [a, b] = [hanging.subscribe(), working.subscribe()];
  const { push, count } = rig({ [cid(1)]: a, [cid(2)]: b }, 700);
  hanging.answer(a, 'hang', 'hang', 'hang', 'hang');
  for (let number = 1; number <= 4; number++) {
    await push(`T${number}`, cid(1), cid(2));
    expect(working.of(b)).toHaveLength(number);
  }
  expect(hanging.of(a)).toEqual([]);
  await hanging.waitFor(a, 4);
  await expect.poll(() => count('sent')).toBe(8);
});

test('a subscription that is gone is dropped, and its device is not sent to any more', async () => {
  const [service] = services as [PushService];
  const [a, b] = [service.subscribe(), service.subscribe()];
  const { kept, push } = rig({ [cid(1)]: a, [cid(2)]: b });
  service.answer(a, { status: 410 });
  await push('T1', cid(1), cid(2));
  await expect.poll(() => [...kept.keys()]).toEqual([cid(2)]);
  await push('T2', cid(1), cid(2));
  expect([service.of(a).length, service.of(b).length]).toEqual([0, 2]);
});

test('a service that asks to wait is asked again after that time, and gets the message once', async () => {
  const [service] = services as [PushService];
  const a = service.subscribe();
  const { push } = rig({ [cid(1)]: a });
  service.answer(a, { status: 429, headers: { 'retry-after': '2' } });
  const begun = Date.now();
  await push('T1', cid(1));
  expect(Date.now() - begun).toBeLessThan(1_500);
  expect(service.of(a)).toEqual([]);
  await service.waitFor(a, 1);
  expect(Date.now() - begun).toBeGreaterThanOrEqual(2_000);
  expect(service.asked).toBe(2);
});
