import { inBlocks } from '../common/addresses/blocks.ts';
import { openConfigOrExit } from '../common/apollo/open.ts';
import { openDeadLetters } from '../common/bus/dead-letters.ts';
import { observeBus } from '../common/bus/metrics.ts';
import { openBus } from '../common/bus/open.ts';
import { CmNodes } from '../common/cm-nodes.ts';
import { Health, ProgressMark } from '../common/health.ts';
import { Identity } from '../common/identity.ts';
import { Kicks } from '../common/kicks.ts';
import { endOnFault, watchLayout } from '../common/layout.ts';
import { Lifecycle, runUntilSignal } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { createRegistry } from '../common/metrics.ts';
import { callbackCalls } from '../common/protocol/callback-calls.ts';
import {
  broadcastPartitions,
  channelPartitions,
  deadPartitions,
  groupsOf,
  receiptPartitions,
  taskPartitions,
  topicsOf,
} from '../common/protocol/topics.ts';
import { userMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import { userRedisCalls } from '../common/protocol/user-redis-calls.ts';
import { createInternalApp, listen, serveOps } from '../common/rpc/app.ts';
import { createClient } from '../common/rpc/client.ts';
import { serveCalls } from '../common/rpc/server.ts';
import { serveSettings } from '../common/rpc/settings.ts';
import { every } from '../common/ticks.ts';
import { startTraces } from '../common/tracing/edges/otlp-traces.ts';
import { untilDone } from '../common/until-done.ts';
import { AuthLimits } from './api/auth-limits.ts';
import { liveApiLimits } from './api/deps.ts';
import { createApiMetrics } from './api/metrics.ts';
import { showBusLag } from './bus-lag.ts';
import { CallbackDesk } from './callback/desk.ts';
import { startCallback } from './callback/start.ts';
import { startChannels } from './channel/start.ts';
import { Config } from './config.ts';
import { createApiApp } from './edges/api/app.ts';
import type { Parts } from './parts.ts';
import { startPlanner } from './planner/start.ts';
import { startRouter } from './router/start.ts';

const { config, follow, settings } = await openConfigOrExit('im', Config, process.env);
const log = createLog('im', config.instance, config.logLevel);
const registry = createRegistry('im', config.instance);
const lifecycle = new Lifecycle(log);
const health = new Health();
follow({ log, registry, health, lifecycle });
const secret = config.internalSecrets[0]!;
const topics = topicsOf(config.topicPrefix, config.routeGeneration);
const groups = groupsOf(config.topicPrefix);
const runs = (role: Config['imRoles'][number]): boolean => config.imRoles.includes(role);

const bus = await openBus(config, log);
observeBus(registry, health, bus);
lifecycle.onStop('bus', () => bus.close());
const redis = createClient(userRedisCalls, { url: config.userRedisUrl, secret });
const mysql = createClient(userMysqlCalls, { url: config.userMysqlUrl, secret });
lifecycle.onStop('clients', () => Promise.all([redis.close(), mysql.close()]).then(() => undefined));

const { topicPrefix: productLine, instance } = config;
const traces = await startTraces({ ...config, productLine, role: 'im', instance }, lifecycle, log);

const stopping = new AbortController();
lifecycle.onStop('start', () => stopping.abort());
const progress = new ProgressMark(30_000);
lifecycle.onStop(
  'ticks',
  every(1_000, () => progress.mark()),
);
health.addLive('loop', progress.check);
health.addReady('bus', () => (bus.healthy() ? undefined : 'not connected'));
let started = false;
health.addReady('topics', () => (started ? undefined : 'not created yet'));

const ops = createInternalApp(log);
serveOps(ops, health, registry);
serveSettings(ops, settings, config);
const callbackDesk = new CallbackDesk(Date.now);
serveCalls(ops, callbackCalls, callbackDesk.handlers, { secrets: config.internalSecrets });
const opsPort = await listen(ops, config.host, config.opsPort, false);
lifecycle.onStop('ops', () => ops.close());
runUntilSignal(lifecycle, log, config.graceMs);

const { routePartitions, routeGeneration } = config;
const endLayout = await watchLayout(redis.calls, { routePartitions, routeGeneration }, endOnFault(log), log);
lifecycle.onStop('layout', endLayout);
await untilDone(
  'create topics',
  async () => {
    await bus.ensureTopic(topics.route, config.routePartitions);
    await bus.ensureTopic(topics.broadcast, broadcastPartitions);
    await bus.ensureTopic(topics.task, taskPartitions);
    await bus.ensureTopic(topics.receipt, receiptPartitions);
    await bus.ensureTopic(topics.channel, channelPartitions);
    await bus.ensureTopic(topics.dead, deadPartitions);
  },
  log,
  stopping.signal,
);
const nodes = new CmNodes(redis.calls, { secret, everyMs: 2_000 }, log);
const kicks = new Kicks(nodes);
if (runs('router') || runs('api')) {
  nodes.start();
  lifecycle.onStop('nodes', () => nodes.stop());
}
const parts: Parts = {
  ...{ callbackDesk, bus, redis: redis.calls, mysql: mysql.calls, nodes, topics, groups },
  setAside: openDeadLetters(bus, topics.dead, registry, log),
  ...{ config, registry, health, lifecycle, log, traces },
};
showBusLag(parts);
if (runs('router')) await startRouter(parts);
if (runs('planner')) await startPlanner(parts);
if (runs('callback')) await startCallback(parts);
if (runs('channel')) await startChannels(parts);
if (runs('api')) {
  const metrics = createApiMetrics(registry);
  const isExempt = inBlocks(() => config.addressLimitExempt);
  const api = createApiApp({
    userRedis: redis.calls,
    userMysql: mysql.calls,
    kick: (routes, reason) => kicks.kick(routes, reason),
    publish: (topic, records) => bus.publish(topic, records),
    topics,
    routePartitions: config.routePartitions,
    identity: new Identity(config.identityKeys),
    tokenKeys: config.tokenKeys,
    instance: config.instance,
    log,
    traces,
    metrics,
    authLimits: new AuthLimits(config, isExempt, Date.now, metrics.refused),
    proxies: { isExempt, isTrusted: inBlocks(() => config.trustedProxies), proxyProtocol: config.proxyProtocol },
    now: Date.now,
    appCacheMs: 30_000,
    limits: liveApiLimits(config),
  });
  const port = await listen(api, config.host, config.port, config.sharePort);
  lifecycle.onStop('api', () => api.close());
  log.info({ port }, 'api is listening');
}
lifecycle.onStop('readiness', () => health.startStopping());
started = true;
log.info({ opsPort, roles: config.imRoles }, 'im is running');
