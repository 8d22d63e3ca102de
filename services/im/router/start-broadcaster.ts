import type { Consumer } from '../../common/bus/bus.ts';
import { broadcastView } from '../../common/protocol/positions.ts';
import type { RouterMetrics } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import { Broadcaster } from './broadcaster.ts';
import { Replay, type ViewCalls } from './replay.ts';
import { watchViews } from './watch-views.ts';

/** Broadcasts taken at once. */
const maxBatch = 100;

/** Composes the broadcaster and starts to consume the broadcast topic. @param views those of the route topic. */
export async function startBroadcaster(parts: Parts, views: ViewCalls, metrics: RouterMetrics): Promise<void> {
  const { bus, redis, nodes, topics, groups, setAside, config, log, traces } = parts;
  const replay = new Replay(
    bus,
    ofBroadcasts(views),
    { topic: topics.broadcast, windowMs: config.replayWindowMs, now: Date.now },
    metrics,
    log,
  );
  const broadcaster = new Broadcaster({
    ...{ logs: redis, replay, nodes, metrics, traces, log },
    generation: config.routeGeneration,
    now: Date.now,
  });
  // Batches may come before `consume` has answered.
  const consuming = Promise.withResolvers<Consumer>();
  const consumer = await bus.consume({
    topic: topics.broadcast,
    group: groups.broadcaster,
    maxBatch,
    onStart: (partition, committed) => replay.start(partition, committed),
    onStop: (partition) => replay.stop(partition),
    onBatch: async (batch) => broadcaster.handle(batch, await consuming.promise),
    setAside,
  });
  consuming.resolve(consumer);
  watchViews('broadcaster', consumer, replay, parts);
}

/** The same calls for partitions of the broadcast topic. */
function ofBroadcasts(calls: ViewCalls): ViewCalls {
  return {
    views: ({ partitions }, options) => calls.views({ partitions: partitions.map(broadcastView) }, options),
    beginReplay: ({ partition, replay }, options) =>
      calls.beginReplay({ partition: broadcastView(partition), replay }, options),
    finishReplay: ({ partition, replay }, options) =>
      calls.finishReplay({ partition: broadcastView(partition), replay }, options),
  };
}
