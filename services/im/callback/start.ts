import { AppDirectory } from '../../common/app-directory.ts';
import { Identity } from '../../common/identity.ts';
import { createPost } from '../edges/callback/post.ts';
import { createCallbackMetrics } from '../metrics.ts';
import type { Parts } from '../parts.ts';
import { Aliases } from './aliases.ts';
import { Callbacks } from './callbacks.ts';

/** Receipt records handled at once. */
const maxBatch = 200;
/** How long an upstream may take for a body if the partition is to wait for it. */
const promptMs = 500;
/** Between the tries of a body: three tries, and an upstream that starts again has some ten seconds for it. */
const pausesMs = [2_000, 10_000];
/** How long apps are taken as they were read: callback URLs and secrets may have changed. */
const appCacheMs = 30_000;
/** How long a stop goes on telling upstreams. */
const flushMs = 3_000;
/** Upstreams hear of a receipt this much later at the most, while others come. */
const paceMs = 50;
/** A consumer whose loop stands still this long is taken for hung. */
const progressMs = 60_000;

/** Composes the callbacks and starts to consume the receipt topic, as a group of its own: the statistics don't wait for it. */
export async function startCallback(parts: Parts): Promise<void> {
  const { bus, mysql, topics, groups, setAside, config, registry, health, lifecycle, log, callbackDesk } = parts;
  const apps = new AppDirectory({
    load: async (appId) => (await mysql.app({ appId })).app,
    now: Date.now,
    ttlMs: appCacheMs,
  });
  const { post, close } = createPost({ allowInternal: config.callbackAllowInternal, tryMs: config.callbackTryMs });
  const metrics = createCallbackMetrics(registry, () => callbacks.waiting);
  const identity = new Identity(config.identityKeys);
  callbackDesk.open({ post, find: (appId) => apps.findAnew(appId), identity });
  const callbacks: Callbacks = new Callbacks({
    post,
    find: (appId) => apps.find(appId),
    aliases: new Aliases(mysql, Date.now, () => metrics.withoutAliases.inc()),
    identity,
    onTry: (app, outcome, records) => callbackDesk.note(app, outcome, records),
    ...{ pausesMs, promptMs, limits: config, metrics, log },
  });
  const consumer = await bus.consume({
    topic: topics.receipt,
    group: groups.callback,
    maxBatch,
    paceMs,
    isWanted: async () => (await mysql.anyCallback({})).any,
    onBatch: (batch) => callbacks.handle(batch),
    setAside,
  });
  lifecycle.onStop('callback', async (deadlineMs) => {
    await consumer.stop();
    await callbacks.stop(Math.min(deadlineMs, Date.now() + flushMs));
    await close();
  });
  health.addLive('callback', () =>
    Date.now() - consumer.lastProgressMs() > progressMs ? 'the consumer stands still' : undefined,
  );
}
