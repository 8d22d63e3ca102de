import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelKind } from '../../common/protocol/channel-calls.ts';
import type { VendorKind } from '../../common/protocol/channel-credentials.ts';
import { ReceiptWriter } from '../../common/receipts.ts';
import { http2Client } from '../edges/channel/http2-client.ts';
import { vendorHttp } from '../edges/channel/vendor-http.ts';
import { webPushAdapter } from '../edges/channel/web-push.ts';
import { createChannelMetrics } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import { Accounts, openVendor } from './accounts.ts';
import type { ChannelAdapter, VendorDeps } from './adapter.ts';
import { Channels } from './channels.ts';
import { Lanes, type LanesOptions } from './lanes.ts';
import { ChannelResults } from './results.ts';
import { Sender } from './sender.ts';
import { vendorChannel } from './vendor-channel.ts';
import { vendors } from './vendors/index.ts';
import { isUnreachable, vapidOf } from './web-push/vapid.ts';

/** Records taken at once. */
const maxBatch = 200;
const maxServices = 200;
const triesPerService = 16;
const maxPerService = 5_000;
const maxJobs = 20_000;
/** Of a kind of a vendor: apps that messages wait for, and messages of one of them. */
const maxApps = 1_000;
const maxPerApp = 5_000;
/** Connections of HTTP/1.1 to one vendor. */
const vendorSockets = 32;
/** What came of messages, waiting to be written to the bus. */
const maxResults = 100_000;
const flushMs = 3_000;
/** A consumer whose loop stands still this long is taken for hung. */
const progressMs = 60_000;

/** Composes the channels of vendors and starts to consume their topic: also with none set up, so that it doesn't fill. */
export async function startChannels(parts: Parts): Promise<void> {
  const { bus, redis, mysql, topics, groups, setAside, config, registry, health, lifecycle, log } = parts;
  const senders = new Map<ChannelKind, Sender>();
  /** One set a kind: what fills up by one vendor takes no room from another. */
  const lanes = new Map<ChannelKind, Lanes>();
  const metrics = createChannelMetrics(registry, () =>
    [...senders].map(([kind, { denied }]) => ({ kind, ...lanes.get(kind)!.size, denied })),
  );
  const now = Date.now;
  const receipts = new ReceiptWriter(bus, {
    topic: topics.receipt,
    gatherMs: 200,
    maxPending: maxResults,
    onDropped: (count) => metrics.resultsDropped.inc(count),
  });
  const results = new ChannelResults((some) => receipts.keep(some), now);
  const vapid = vapidOf(config);
  if (vapid && isUnreachable(vapid.subject)) {
    log.warn(
      'webPushSubject names nobody who can be reached from outside: some push services refuse all messages for that',
    );
  }
  const { channelTryMs: tryMs } = config;
  const shared = { states: redis, kept: mysql, results, metrics, now, log };
  const closers: (() => Promise<void>)[] = [];
  const addSender = (adapter: ChannelAdapter, bounds: Pick<LanesOptions, 'maxLanes' | 'maxPerLane'>): void => {
    const own = new Lanes({ concurrency: triesPerService, maxJobs, ...bounds });
    lanes.set(adapter.kind, own);
    senders.set(adapter.kind, new Sender({ ...shared, lanes: own, adapter }));
  };
  if (vapid) {
    const bounds = { maxServices, socketsPerService: triesPerService };
    const adapter = webPushAdapter({ vapid, allowInternal: config.channelAllowInternal, tryMs, now, ...bounds }, log);
    closers.push(() => adapter.close());
    addSender(adapter, { maxLanes: maxServices, maxPerLane: maxPerService });
  }
  const http = new Map<VendorKind, ReturnType<typeof vendorHttp>>();
  const depsOf = (kind: VendorKind): VendorDeps => {
    const client = http.get(kind) ?? vendorHttp({ tryMs, sockets: vendorSockets });
    http.set(kind, client);
    const baseUrl = config.channelBaseUrls.find((one) => one.startsWith(`${kind}=`))?.slice(kind.length + 1);
    return {
      http: client.request,
      openHttp2: () => http2Client({ tryMs }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      now,
    };
  };
  const accounts = new Accounts({
    load: async (appId) => (await mysql.appCredentials({ appId })).channels,
    open: (kind, credentials) => openVendor(vendors, kind, credentials, depsOf),
    now,
    closeAfterMs: tryMs,
    log,
  });
  closers.push(async () => {
    await accounts.close();
    await Promise.all([...http.values()].map((client) => client.close()));
  });
  for (const vendor of Object.values(vendors)) {
    addSender(vendorChannel(vendor, accounts, now, log), { maxLanes: maxApps, maxPerLane: maxPerApp });
  }
  const channels = new Channels({ directory: mysql, senders, metrics, now, log });
  const consumer = await bus.consume({
    topic: topics.channel,
    group: groups.channel,
    maxBatch,
    onStop: (partition) => channels.forget(partition),
    onBatch: (batch) => channels.handle(batch),
    setAside,
  });
  lifecycle.onStop('channels', async () => {
    await consumer.stop();
    const left = (await Promise.all([...lanes.values()].map((one) => one.stop()))).reduce((sum, one) => sum + one, 0);
    if (left > 0) log.info({ left }, 'messages for channels were not tried again');
    await Promise.race([receipts.drained(), sleep(flushMs)]);
    receipts.close();
    await Promise.all(closers.map((close) => close()));
  });
  health.addLive('channels', () =>
    Date.now() - consumer.lastProgressMs() > progressMs ? 'the consumer stands still' : undefined,
  );
  log.info({ kinds: [...senders.keys()] }, 'channels are running');
}
