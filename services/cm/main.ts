import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { inBlocks } from '../common/addresses/blocks.ts';
import { openConfigOrExit } from '../common/apollo/open.ts';
import { AppDirectory } from '../common/app-directory.ts';
import { Batcher } from '../common/batcher.ts';
import { observeBus } from '../common/bus/metrics.ts';
import { openBus } from '../common/bus/open.ts';
import { CmNodes } from '../common/cm-nodes.ts';
import { Health, ProgressMark } from '../common/health.ts';
import { Identity } from '../common/identity.ts';
import { endOnFault, watchLayout } from '../common/layout.ts';
import { Lifecycle, runUntilSignal } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { createRegistry } from '../common/metrics.ts';
import { cmCalls } from '../common/protocol/cm-calls.ts';
import { type RebalanceCalls, rebalanceCalls } from '../common/protocol/rebalance-calls.ts';
import { channelPartitions, receiptPartitions, topicsOf } from '../common/protocol/topics.ts';
import { userMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import { userRedisCalls } from '../common/protocol/user-redis-calls.ts';
import { onlineEveryMs } from '../common/protocol/user-report-calls.ts';
import { ReceiptWriter } from '../common/receipts.ts';
import { createInternalApp, listen, listenOn, serveOps } from '../common/rpc/app.ts';
import { createClient } from '../common/rpc/client.ts';
import type { Handlers } from '../common/rpc/contract.ts';
import { serveCalls } from '../common/rpc/server.ts';
import { serveSettings } from '../common/rpc/settings.ts';
import { watchStalls } from '../common/rpc/stall-watch.ts';
import { every } from '../common/ticks.ts';
import { startTraces } from '../common/tracing/edges/otlp-traces.ts';
import { untilDone } from '../common/until-done.ts';
import { Acks } from './acks.ts';
import { Admission } from './admission.ts';
import { Blacklist } from './blacklist.ts';
import { Broadcasts } from './broadcasts.ts';
import { channelKeeper } from './channel-keeper.ts';
import { Config } from './config.ts';
import { LeaseWatch } from './core/lease-watch.ts';
import { DeliveryTimes } from './delivery-times.ts';
import { DeviceCalls } from './device-calls.ts';
import { DeviceReceipts } from './device-receipts.ts';
import { drain, sendAway } from './drain.ts';
import { createDeviceServer } from './edges/device-server.ts';
import { EntryLimits } from './entry-limits.ts';
import { Gateway } from './gateway.ts';
import { Kicker } from './kicker.ts';
import { createMetrics } from './metrics.ts';
import { nodeCalls } from './node-calls.ts';
import { nodeIdentity } from './node-identity.ts';
import { OnlinePoints } from './online-points.ts';
import { ownAddress } from './own-address.ts';
import type { NewDevice } from './ports.ts';
import { Positions } from './positions.ts';
import { Presence } from './presence.ts';
import { Rebalancer } from './rebalancer.ts';
import { Replacements } from './replacements.ts';
import { Sessions } from './sessions.ts';
import { Shedder } from './shedder.ts';
import { Storage } from './storage.ts';

const { config, follow, settings } = await openConfigOrExit('cm', Config, process.env);
const log = createLog('cm', config.instance, config.logLevel);
const registry = createRegistry('cm', config.instance);
const lifecycle = new Lifecycle(log);
const health = new Health();
follow({ log, registry, health, lifecycle });
const now = Date.now;
/** How long a stop waits for receipts and acks to be written; what is left comes again with the devices' next logins. */
const flushMs = 3_000;
const secret = config.internalSecrets[0]!;

// Edges: the bus, the two user roles, this node's own calls.
const bus = await openBus(config, log);
observeBus(registry, health, bus);
lifecycle.onStop('bus', () => bus.close());

const topics = topicsOf(config.topicPrefix, config.routeGeneration);
const { receipt: topic, channel: channelTopic } = topics;
const redis = createClient(userRedisCalls, { url: config.userRedisUrl, secret });
const mysql = createClient(userMysqlCalls, { url: config.userMysqlUrl, secret });
lifecycle.onStop('clients', () => Promise.all([redis.close(), mysql.close()]).then(() => undefined));
const { routeGeneration } = config;
lifecycle.onStop('layout', await watchLayout(redis.calls, { routeGeneration }, endOnFault(log), log));
const nodes = new CmNodes(redis.calls, { secret, everyMs: 2_000 }, log);
lifecycle.onStop('nodes', () => nodes.stop());

const { topicPrefix: productLine, instance } = config;
const traces = await startTraces({ ...config, productLine, role: 'cm', instance }, lifecycle, log);

const ops = createInternalApp(log);
const self = nodeIdentity(config.instance, config.advertisedAddress ?? '');

// Core: sessions on top of storage, acks and receipts.
const storage = new Storage(redis.calls, 100_000);
const receipts = new ReceiptWriter(bus, { topic, gatherMs: 1_000, maxPending: 200_000 });
// Of acks and of what devices report: one writer, so that what arrived is told before what was done with it.
const promptReceipts = new ReceiptWriter(bus, { topic, gatherMs: 20, maxPending: 200_000 });
const apps = new AppDirectory({
  load: async (appId) => (await mysql.calls.app({ appId })).app,
  now,
  ttlMs: 30_000,
});
const metrics = createMetrics(registry, () => gateway);
lifecycle.onStop('receipts', () => {
  receipts.close();
  promptReceipts.close();
});
const acks = new Acks(promptReceipts, redis.calls, now, (count) => metrics.receiptsDropped.inc(count));
const identity = new Identity(config.identityKeys);
const registrations = new Batcher<NewDevice, object>({
  maxItems: 200,
  maxPending: 10_000,
  concurrency: 2,
  run: async (items) => (await mysql.calls.registerDevices({ items })).results,
});
const registryOfDevices = { register: (device: NewDevice) => registrations.add(device) };
const { bindAliases, unbindAliases, setTags } = mysql.calls;
const kept = { bindAliases, unbindAliases, setTags, setChannel: channelKeeper(mysql.calls, bus, channelTopic) };
const isExempt = inBlocks(() => config.addressLimitExempt);
const entry = new EntryLimits(config, isExempt, now, (what) => metrics.refused.inc({ what }));
const admission = new Admission(identity, registryOfDevices, redis.calls, kept, apps, entry, now);
const deviceReceipts = new DeviceReceipts(receipts, promptReceipts, now, (count) => metrics.receiptsDropped.inc(count));
const broadcasts = new Broadcasts({
  ...{ logs: redis.calls, gateway: () => gateway, metrics, traces, now, log },
  sent: (app, task, cids) => deviceReceipts.sentToAll(app, task, cids),
});
let sendingAway = false;
const positions = new Positions(
  bus,
  {
    topics: { route: topics.route, broadcast: topics.broadcast },
    generation: config.routeGeneration,
    everyMs: 2_000,
    sent: (field) => gateway.positionsSent(field),
    // What they have finished is told anew at their logins.
    onLost: () => {
      if (sendingAway) return;
      sendingAway = true;
      const links = gateway.all();
      metrics.sentAway.inc({ reason: 'bus_lost' }, links.length);
      const leaving = { spreadMs: config.drainMs, reason: 'the bus has lost records' };
      void sendAway(gateway, links, leaving).finally(() => {
        sendingAway = false;
      });
    },
  },
  log,
);
positions.start();
lifecycle.onStop('positions', () => positions.stop());
const sessions: Sessions = new Sessions({
  self,
  admission,
  blacklist: new Blacklist(mysql.calls, redis.calls, log),
  calls: new DeviceCalls(kept, log),
  broadcasts,
  positions,
  storage,
  acks,
  receipts: deviceReceipts,
  deliveries: new DeliveryTimes({ took: (seconds) => metrics.ackSeconds.observe(seconds), traces, now }),
  kick: (route, reason) => kicker.kick(route, reason),
  limits: config,
  metrics,
  now,
  log,
});
const leaseWatch = new LeaseWatch(performance.now());
const gateway = new Gateway(
  { limits: config, room: config, now, leaseRanOut: () => leaseWatch.ranOut(performance.now()) },
  sessions,
  metrics,
  log,
);
sessions.bind(gateway);
const kicker = new Kicker(self, gateway, nodes, new Replacements(metrics, now), log);

let draining = false;
const shedder = new Shedder({ gateway, metrics, now, draining: () => draining });
const rebalancer = new Rebalancer({ self, nodes, config, metrics, log });

// This node's own port first: the lease names it.
serveOps(ops, health, registry);
serveSettings(ops, settings, config);
const serving = { secrets: config.internalSecrets, observe: metrics.observeCall };
serveCalls(ops, cmCalls, nodeCalls(self.boot, gateway, broadcasts, kicker, shedder), serving);
const rebalanceHandlers: Handlers<RebalanceCalls> = {
  rebalance: async (asked) => {
    await rebalancer.begin(asked);
    return {};
  },
  rebalancing: async () => ({ run: rebalancer.run() }),
};
serveCalls(ops, rebalanceCalls, rebalanceHandlers, serving);
const opsPort = await listen(ops, config.host, config.opsPort, false);
if (self.address === '') self.address = `http://${ownAddress(config.host, networkInterfaces())}:${opsPort}`;
lifecycle.onStop('ops', () => ops.close());

runUntilSignal(lifecycle, log, config.graceMs);
const stopping = new AbortController();
lifecycle.onStop('start', () => stopping.abort());

const loopProgress = new ProgressMark(30_000);
const leaseProgress = new ProgressMark(60_000);
const presence = new Presence(
  redis.calls,
  gateway,
  (link) => sessions.reattach(link),
  {
    ...{ self, everyMs: config.leaseEveryMs, reattachBatch: 200, progress: leaseProgress },
    onRenewed: (untilMs) => leaseWatch.renewed(untilMs),
  },
  log,
);
health.addLive('loop', loopProgress.check);
health.addLive('lease', leaseProgress.check);
health.addReady('lease', () => (presence.leased ? undefined : 'not taken yet'));
health.addReady('room', () => (gateway.full ? 'too many connections' : undefined));

const ends = [
  every(500, () => {
    loopProgress.mark();
    gateway.tick();
  }),
  every(250, () => {
    sessions.retryWaiting(1_000);
    broadcasts.tick();
  }),
  every(1_000, () => deviceReceipts.turn()),
  // Deliveries that came while this process stood still are dropped, and a router that was killed since can't give the hint that it owes. This runs
  // after `gateway.tick`, which closes all connections if the lease ran out.
  watchStalls(() => setImmediate(() => gateway.hintAll())),
];
lifecycle.onStop('timers', () => {
  for (const end of ends) end();
});

const onlinePoints = new OnlinePoints(mysql.calls, gateway, { node: self.node, everyMs: onlineEveryMs, now }, log);
nodes.start();
presence.start();
onlinePoints.start();
lifecycle.onStop('online points', () => onlinePoints.stop());
lifecycle.onStop('lease', () => presence.stop());
// Devices are served while the bus is away: their acks wait for it.
void untilDone(
  'create topics',
  async () => {
    await bus.ensureTopic(topic, receiptPartitions);
    await bus.ensureTopic(channelTopic, channelPartitions);
  },
  log,
  stopping.signal,
);

const devices = createDeviceServer(
  gateway,
  {
    maxFrameBytes: config.maxFrameBytes,
    refusing: () => (presence.leased ? undefined : 'starting'),
    entry,
    isExempt,
    proxies: {
      isTrusted: inBlocks(() => config.trustedProxies),
      proxyProtocol: config.proxyProtocol,
      onBadHeader: () => metrics.refused.inc({ what: 'proxy_header' }),
    },
  },
  log,
);
const port = await listenOn(devices, config.host, config.port, config.sharePort);
lifecycle.onStop('devices', async () => {
  health.startStopping();
  devices.close();
  draining = true;
  metrics.sentAway.inc({ reason: 'drain' }, gateway.counts().all);
  await drain(gateway, config.drainMs);
  deviceReceipts.flush();
  const flushed = Promise.all([receipts.drained(), promptReceipts.drained(), acks.drained(), storage.drained()]);
  await Promise.race([flushed, sleep(flushMs)]);
});
rebalancer.start();
lifecycle.onStop('rebalancer', () => rebalancer.stop());
log.info({ port, opsPort, node: self.node, boot: self.boot, address: self.address }, 'cm is listening');
