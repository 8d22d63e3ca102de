import { setTimeout as sleep } from 'node:timers/promises';
import { AppDirectory } from '../../common/app-directory.ts';
import type { Consumer } from '../../common/bus/bus.ts';
import { type ChannelKind, channelKinds } from '../../common/protocol/channel-calls.ts';
import { ReceiptWriter } from '../../common/receipts.ts';
import { createRouterMetrics } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import { ChannelOffers } from './channel-offers.ts';
import { Handoff } from './handoff.ts';
import { Queues } from './queues.ts';
import { Replay, type ViewCalls } from './replay.ts';
import { RestoreStops } from './restore-stops.ts';
import { Router } from './router.ts';
import { startBroadcaster } from './start-broadcaster.ts';
import { watchViews } from './watch-views.ts';

/** How long a stop waits for receipts, and for nodes to take what they were offered; devices ask for the rest at their next login. */
const flushMs = 3_000;
/** Least time from one read of routes to the next: each costs an enqueue and a delivery, which a few records fill as well as one. */
const paceMs = 5;
/** How long the channels of an app are taken as they were read. */
const appCacheMs = 30_000;

/** Composes the router and the broadcaster, and starts to consume the topics of routes and broadcasts. */
export async function startRouter(parts: Parts): Promise<void> {
  const { bus, redis, mysql, nodes, topics, groups, setAside, config, registry, lifecycle, log, traces } = parts;
  const metrics = createRouterMetrics(registry, () => replay.states());
  const stops = new RestoreStops(mysql, redis, log);
  const views: ViewCalls = {
    ...{ views: redis.views, finishReplay: redis.finishReplay },
    async beginReplay(request, options) {
      await stops.run();
      return redis.beginReplay(request, options);
    },
  };
  const replay: Replay = new Replay(
    bus,
    views,
    { topic: topics.route, windowMs: config.replayWindowMs, now: Date.now },
    metrics,
    log,
  );
  const handoff = new Handoff(nodes, metrics, log);
  const apps = new AppDirectory({
    load: async (appId) => (await mysql.app({ appId })).app,
    now: Date.now,
    ttlMs: appCacheMs,
  });
  const webPush: ChannelKind[] = config.webPushPublicKey === undefined ? [] : ['webpush'];
  // Routing waits for no look-up: of an app that was never read all are taken, as whoever sends looks again.
  const kindsOf = (appId: string): readonly ChannelKind[] => {
    if (!apps.fresh(appId)) void apps.find(appId).catch(() => {});
    const known = apps.remembered(appId);
    return known ? [...webPush, ...(known.channels ?? [])] : channelKinds;
  };
  const channels = new ChannelOffers(
    (topic, records) => bus.publish(topic, records),
    nodes,
    { topic: topics.channel, kindsOf },
    metrics,
    log,
  );
  const receipts = new ReceiptWriter(bus, {
    topic: topics.receipt,
    // What comes within this time shares an append, and then a commit. Nothing waits for it: further messages are delivered meanwhile.
    gatherMs: 20,
    maxPending: 500_000,
    onDropped: (count) => metrics.receiptsDropped.inc(count),
  });
  lifecycle.onStop('receipts of the router', async () => {
    await Promise.race([receipts.drained(), sleep(flushMs)]);
    receipts.close();
  });
  const router = new Router({
    queues: new Queues(redis),
    replay,
    handoff,
    receipts,
    channels,
    generation: config.routeGeneration,
    metrics,
    traces,
    now: Date.now,
    log,
  });
  handoff.start();
  lifecycle.onStop('handoff', async () => {
    await Promise.race([handoff.drained(), sleep(flushMs)]);
    handoff.stop();
  });
  // Batches may come before `consume` has answered.
  const consuming = Promise.withResolvers<Consumer>();
  const consumer = await bus.consume({
    topic: topics.route,
    group: groups.router,
    maxBatch: config.routerBatch,
    paceMs,
    onStart: (partition, committed) => replay.start(partition, committed),
    onStop: (partition) => replay.stop(partition),
    onBatch: async (batch) => router.handle(batch, await consuming.promise),
    setAside,
  });
  consuming.resolve(consumer);
  watchViews('router', consumer, replay, parts);
  await startBroadcaster(parts, views, metrics);
}
