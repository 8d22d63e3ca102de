import { fileURLToPath } from 'node:url';
import { openConfigOrExit } from '../common/apollo/open.ts';
import type { Bus, Consumer } from '../common/bus/bus.ts';
import { openDeadLetters } from '../common/bus/dead-letters.ts';
import { observeBus } from '../common/bus/metrics.ts';
import { openBus } from '../common/bus/open.ts';
import { Health } from '../common/health.ts';
import { Lifecycle, runUntilSignal } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { createRegistry } from '../common/metrics.ts';
import { busAdminCalls } from '../common/protocol/bus-admin-calls.ts';
import { deadPartitions, groupsOf, receiptPartitions, topicsOf } from '../common/protocol/topics.ts';
import { userMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import { createInternalApp, listen, serveOps } from '../common/rpc/app.ts';
import { serveCalls } from '../common/rpc/server.ts';
import { serveSettings } from '../common/rpc/settings.ts';
import { untilDone } from '../common/until-done.ts';
import { Availability } from './availability.ts';
import { createBusAdmin } from './bus-admin.ts';
import { createCalls } from './calls.ts';
import { Config } from './config.ts';
import { dayMs } from './core/days.ts';
import { Seal } from './core/sealed.ts';
import { keepTables } from './edges/keeping.ts';
import { migrate, readMigrations } from './edges/migrations.ts';
import { MysqlDatabase } from './edges/mysql-database.ts';
import { createReceiptStore } from './edges/receipt-store.ts';
import { Keeper } from './keeper.ts';
import { createMetrics } from './metrics.ts';
import { receiptConsumer } from './receipts.ts';

/** The consumer's loop turns every few seconds, whatever the stores do. */
const stuckMs = 60_000;
/** How often the tables are looked after, and how soon again after a failure. */
const keepEveryMs = 3_600_000;
const keepAgainMs = 60_000;
/** Deadline of one of its small steps. */
const keepStepMs = 30_000;

const { config, follow, settings } = await openConfigOrExit('user-mysql', Config, process.env);
const log = createLog('user-mysql', config.instance, config.logLevel);
const registry = createRegistry('user-mysql', config.instance);
const lifecycle = new Lifecycle(log);
const health = new Health();
follow({ log, registry, health, lifecycle });
runUntilSignal(lifecycle, log, config.graceMs);

// First of all, as start-up may have to wait for MySQL: probes have to tell that from a process that hangs.
let starting = true;
health.addReady('start', () => (starting ? 'waiting for MySQL' : undefined));
const ops = createInternalApp(log);
serveOps(ops, health, registry);
serveSettings(ops, settings, config);
const opsPort = await listen(ops, config.host, config.opsPort, false);
lifecycle.onStop('ops', () => ops.close());

// Two pools, so that a flood of receipts leaves calls their connections.
const { mysqlUrl: url, mysqlQueueLimit: queueLimit } = config;
const calls = new MysqlDatabase({ url, queueLimit, poolSize: config.mysqlPoolSize, deadlineMs: config.mysqlCallMs });
lifecycle.onStop('mysql of calls', () => calls.close());
const receipts = new MysqlDatabase({
  ...{ url, queueLimit, poolSize: config.receiptsPoolSize },
  deadlineMs: config.receiptsTransactionMs,
});
lifecycle.onStop('mysql of receipts', () => receipts.close());
// A connection of its own: under overload the others have none to spare, and a busy MySQL is not one that is away.
const probe = new MysqlDatabase({ url, queueLimit, poolSize: 1, deadlineMs: config.mysqlCallMs });
lifecycle.onStop('mysql of the probe', () => probe.close());
// One connection has the lock, the other works.
const keeping = new MysqlDatabase({ url, queueLimit, poolSize: 2, deadlineMs: keepStepMs });
lifecycle.onStop('mysql of keeping', () => keeping.close());

await start();

/** Returns early if the process is told to stop before MySQL is there. */
async function start(): Promise<void> {
  const stopping = new AbortController();
  lifecycle.onStop('start', () => stopping.abort());
  const migrations = readMigrations(fileURLToPath(new URL('migrations/', import.meta.url)));
  const applied = await untilDone('migrate', () => migrate(calls, migrations, Date.now), log, stopping.signal);
  if (applied === undefined) return;
  log.info({ applied }, 'tables are in place');

  const renew = (): void => {
    for (const database of [calls, receipts, keeping, probe]) database.renew();
  };
  const availability = new Availability(probe, log, 1_000, renew);
  health.addReady('mysql', () => (availability.up ? undefined : 'away'));
  availability.start();
  lifecycle.onStop('availability', () => availability.stop());

  const seal = new Seal(config.channelSecretsKeys);
  const keeper: Keeper = new Keeper(
    () =>
      keepTables(keeping, {
        now: Date.now,
        seal,
        detailDays: config.detailDays,
        historyDays: Math.max(config.historyDays, config.detailDays),
        slackMs: config.busRetentionMs + dayMs,
        stopping: () => keeper.stopped,
      }),
    { everyMs: keepEveryMs, retryMs: keepAgainMs },
    log,
  );
  keeper.start();
  lifecycle.onStop('keeper', () => keeper.stop());

  const bus: Bus = await openBus(config, log);
  observeBus(registry, health, bus);
  lifecycle.onStop('bus', () => bus.close());
  health.addReady('bus', () => (bus.healthy() ? undefined : 'away'));

  const topics = topicsOf(config.topicPrefix, config.routeGeneration);
  const source = { topic: topics.receipt, group: groupsOf(config.topicPrefix).statistics };
  const setAside = openDeadLetters(bus, topics.dead, registry, log);
  const metrics = createMetrics(registry, {
    mysqlUp: () => availability.up,
    busy: () => ({ calls: calls.busy, receipts: receipts.busy }),
    lag: () => bus.lag(source.topic, source.group),
  });

  let consumer: Consumer | undefined;
  lifecycle.onStop('receipts', () => consumer?.stop());

  const app = createInternalApp(log);
  serveCalls(app, userMysqlCalls, createCalls(calls, Date.now, { seal, log }), {
    secrets: config.internalSecrets,
    observe: metrics.observeCall,
  });
  serveCalls(app, busAdminCalls, createBusAdmin(bus, topics), {
    secrets: config.internalSecrets,
    observe: metrics.observeCall,
  });
  const port = await listen(app, config.host, config.port, config.sharePort);
  lifecycle.onStop('calls', () => app.close());
  lifecycle.onStop('readiness', () => health.startStopping());
  starting = false;
  log.info({ port, opsPort }, 'user-mysql is listening');

  // Calls are answered while the bus is away.
  consumer = await untilDone(
    'consume receipts',
    async () => {
      await bus.ensureTopic(source.topic, receiptPartitions);
      await bus.ensureTopic(topics.dead, deadPartitions);
      const store = createReceiptStore(receipts, source);
      const options = { ...source, maxBatch: config.receiptsBatch, gatherMs: config.receiptsGatherMs, setAside };
      return bus.consume(receiptConsumer(bus, store, metrics.receipts, options, log));
    },
    log,
    stopping.signal,
  );
  health.addLive('receipts', () => {
    const idleMs = Date.now() - (consumer?.lastProgressMs() ?? Date.now());
    return idleMs > stuckMs ? `no progress for ${idleMs} ms` : undefined;
  });
}
