import { openConfigOrExit } from '../common/apollo/open.ts';
import { Health } from '../common/health.ts';
import { Lifecycle, runUntilSignal } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { createRegistry } from '../common/metrics.ts';
import { userRedisCalls } from '../common/protocol/user-redis-calls.ts';
import { createInternalApp, listen, serveOps } from '../common/rpc/app.ts';
import { serveCalls } from '../common/rpc/server.ts';
import { serveSettings } from '../common/rpc/settings.ts';
import { Config } from './config.ts';
import { RedisStore } from './edges/redis-store.ts';
import { createHandlers } from './handlers.ts';
import { Keys } from './keys.ts';
import { createMetrics } from './metrics.ts';

const { config, follow, settings } = await openConfigOrExit('user-redis', Config, process.env);
const log = createLog('user-redis', config.instance, config.logLevel);
const registry = createRegistry('user-redis', config.instance);
const lifecycle = new Lifecycle(log);
const health = new Health();
follow({ log, registry, health, lifecycle });

const keys = new Keys(config.keyPrefix);
const store = new RedisStore({ url: config.redisUrl, commandMs: config.redisCommandMs, keys }, log);
const metrics = createMetrics(registry, () => store.open);
health.addReady('redis', () => store.fault);
store.start();
lifecycle.onStop('redis', () => store.stop());

const onForgotten = (): void => {
  metrics.forgotten.inc();
  log.warn('a device was known to have finished more than the bus holds: forgotten, it gets its messages again');
};
const calls = createInternalApp(log);
serveCalls(calls, userRedisCalls, createHandlers(store, { ...config, now: Date.now, onForgotten }), {
  secrets: config.internalSecrets,
  observe: metrics.observeCall,
});
const port = await listen(calls, config.host, config.port, config.sharePort);
lifecycle.onStop('calls', () => calls.close());

const ops = createInternalApp(log);
serveOps(ops, health, registry);
serveSettings(ops, settings, config);
const opsPort = await listen(ops, config.host, config.opsPort, false);
lifecycle.onStop('ops', () => ops.close());

lifecycle.onStop('readiness', () => health.startStopping());
runUntilSignal(lifecycle, log, config.graceMs);
log.info({ port, opsPort }, 'user-redis is listening');
