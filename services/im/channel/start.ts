import { webPushAdapter } from '../edges/channel/web-push.ts';
import { createChannelMetrics } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import { Channels } from './channels.ts';
import { Lanes } from './lanes.ts';
import { Sender } from './sender.ts';
import { isUnreachable, vapidOf } from './web-push/vapid.ts';

/** Records taken at once. */
const maxBatch = 200;
const maxServices = 200;
const triesPerService = 16;
const maxPerService = 5_000;
const maxJobs = 20_000;
/** A consumer whose loop stands still this long is taken for hung. */
const progressMs = 60_000;

/** Composes the channels of vendors and starts to consume their topic: also with none set up, so that it doesn't fill. */
export async function startChannels(parts: Parts): Promise<void> {
  const { bus, redis, mysql, topics, groups, setAside, config, registry, health, lifecycle, log } = parts;
  const lanes = new Lanes({ maxLanes: maxServices, concurrency: triesPerService, maxPerLane: maxPerService, maxJobs });
  const metrics = createChannelMetrics(registry, () => lanes.size);
  const now = Date.now;
  const vapid = vapidOf(config);
  if (vapid && isUnreachable(vapid.subject)) {
    log.warn(
      'webPushSubject names nobody who can be reached from outside: some push services refuse all messages for that',
    );
  }
  const adapters = vapid
    ? [
        webPushAdapter(
          {
            ...{ vapid, allowInternal: config.channelAllowInternal, tryMs: config.channelTryMs, now },
            ...{ maxServices, socketsPerService: triesPerService },
          },
          log,
        ),
      ]
    : [];
  const shared = { lanes, states: redis, kept: mysql, metrics, now, log };
  const senders = new Map(adapters.map((adapter) => [adapter.kind, new Sender({ ...shared, adapter })]));
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
    const left = await lanes.stop();
    if (left > 0) log.info({ left }, 'messages for channels were not tried again');
    await Promise.all(adapters.map((adapter) => adapter.close()));
  });
  health.addLive('channels', () =>
    Date.now() - consumer.lastProgressMs() > progressMs ? 'the consumer stands still' : undefined,
  );
  log.info({ kinds: [...senders.keys()] }, 'channels are running');
}
