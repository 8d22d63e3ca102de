import type { Registry } from 'prom-client';
import type { Bus, Consumer } from '../../common/bus/bus.ts';
import type { CmNodes } from '../../common/cm-nodes.ts';
import type { Health } from '../../common/health.ts';
import type { Lifecycle } from '../../common/lifecycle.ts';
import type { Logger } from '../../common/log.ts';
import type { groupsOf, topicsOf } from '../../common/protocol/topics.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import { ReceiptWriter } from '../../common/receipts.ts';
import type { Client } from '../../common/rpc/contract.ts';
import type { Config } from '../config.ts';
import { createRouterMetrics } from '../metrics.ts';
import { ChannelOffers } from './channel-offers.ts';
import { Handoff } from './handoff.ts';
import { Replay, type ViewCalls } from './replay.ts';
import { RestoreStops } from './restore-stops.ts';
import { Router } from './router.ts';
import { startBroadcaster } from './start-broadcaster.ts';
import { watchViews } from './watch-views.ts';

export interface RouterParts {
  bus: Bus;
  redis: Client<UserRedisCalls>;
  mysql: Client<UserMysqlCalls>;
  nodes: CmNodes;
  topics: ReturnType<typeof topicsOf>;
  groups: ReturnType<typeof groupsOf>;
  config: Config;
  registry: Registry;
  health: Health;
  lifecycle: Lifecycle;
  log: Logger;
}

/** Composes the router and the broadcaster, and starts to consume the topics of routes and broadcasts. */
export async function startRouter(parts: RouterParts): Promise<void> {
  const { bus, redis, mysql, nodes, topics, groups, config, registry, lifecycle, log } = parts;
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
  const channels = new ChannelOffers(
    (topic, records) => bus.publish(topic, records),
    nodes,
    { topic: topics.channel, kinds: ['webpush'] },
    metrics,
    log,
  );
  const router = new Router({
    queues: redis,
    replay,
    handoff,
    receipts: new ReceiptWriter(bus, { topic: topics.receipt, gatherMs: 0, maxPending: 500_000 }),
    channels: config.webPushPublicKey === undefined ? undefined : channels,
    generation: config.routeGeneration,
    metrics,
    now: Date.now,
    log,
  });
  handoff.start();
  lifecycle.onStop('handoff', () => handoff.stop());
  // Batches may come before `consume` has answered.
  const consuming = Promise.withResolvers<Consumer>();
  const consumer = await bus.consume({
    topic: topics.route,
    group: groups.router,
    maxBatch: config.routerBatch,
    onStart: (partition, committed) => replay.start(partition, committed),
    onStop: (partition) => replay.stop(partition),
    onBatch: async (batch) => router.handle(batch, await consuming.promise),
  });
  consuming.resolve(consumer);
  watchViews('router', consumer, replay, parts);
  await startBroadcaster(parts, views, metrics);
}
