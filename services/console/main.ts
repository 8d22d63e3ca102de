import { fileURLToPath } from 'node:url';
import { inBlocks } from '../common/addresses/blocks.ts';
import { openConfigOrExit } from '../common/apollo/open.ts';
import { Health } from '../common/health.ts';
import { Lifecycle, runUntilSignal } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { createRegistry } from '../common/metrics.ts';
import { userMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import { userRedisCalls } from '../common/protocol/user-redis-calls.ts';
import { createInternalApp, listen, serveOps } from '../common/rpc/app.ts';
import { createClient } from '../common/rpc/client.ts';
import { serveSettings } from '../common/rpc/settings.ts';
import { AuditLog } from './audit-log.ts';
import { calls } from './calls/index.ts';
import { Config } from './config.ts';
import { createConsoleApp } from './edges/http/app.ts';
import { makeFirstOperator } from './first-operator.ts';
import { createHandlers } from './handlers/index.ts';
import { openLooking } from './looking.ts';
import { createMetrics } from './metrics.ts';
import { Passwords } from './passwords.ts';
import { providerOf } from './provider.ts';
import { Sessions } from './sessions.ts';

const { config, follow, settings } = await openConfigOrExit('console', Config, process.env);
const log = createLog('console', config.instance, config.logLevel);
const registry = createRegistry('console', config.instance);
const lifecycle = new Lifecycle(log);
const health = new Health();
follow({ log, registry, health, lifecycle });
const metrics = createMetrics(registry);

const secret = config.internalSecrets[0]!;
const mysql = createClient(userMysqlCalls, { url: config.userMysqlUrl, secret });
const redis = createClient(userRedisCalls, { url: config.userRedisUrl, secret });
lifecycle.onStop('clients', () => Promise.all([mysql.close(), redis.close()]).then(() => undefined));
const now = Date.now;
const sessions = new Sessions(mysql.calls, config, now);
const passwords = new Passwords();
const audit = new AuditLog(mysql.calls, { log, metrics, now });
lifecycle.onStop('audit', (deadlineMs) => audit.stop(deadlineMs));
const provider = providerOrExit();
const isExempt = inBlocks(() => config.addressLimitExempt);
const ops = createInternalApp(log);
serveOps(ops, health, registry);
serveSettings(ops, settings, config);
const opsPort = await listen(ops, config.host, config.opsPort, false);
lifecycle.onStop('ops', () => ops.close());
const { looking, stop: stopLooking } = openLooking({
  config,
  mysql: mysql.calls,
  redis: redis.calls,
  opsPort,
  log,
  now,
});
lifecycle.onStop('looking', stopLooking);
looking.collector.start();

const app = await createConsoleApp({
  calls,
  handlers: createHandlers({
    ...{ mysql: mysql.calls, redis: redis.calls, sessions, passwords },
    ...{ config, metrics, log, now, isExempt, provider, looking },
  }),
  ...{ sessions, audit, log, metrics },
  pagesDir: fileURLToPath(new URL('web/dist', import.meta.url)),
  secureCookie: config.secureCookie,
  publicUrl: config.publicUrl,
  deviceUrl: config.deviceUrl,
  isTrusted: inBlocks(() => config.trustedProxies),
  now,
});
const port = await listen(app, config.host, config.port, false);
lifecycle.onStop('pages', () => app.close());
lifecycle.onStop('readiness', () => health.startStopping());
runUntilSignal(lifecycle, log, config.graceMs);
log.info({ port, opsPort }, 'console is listening');

const stopping = new AbortController();
lifecycle.onStop('start', () => stopping.abort());
await makeFirstOperator(mysql.calls, passwords, config, log, stopping.signal);

/** Starting again changes nothing of what is configured in part. */
function providerOrExit(): ReturnType<typeof providerOf> {
  try {
    return providerOf(config, now);
  } catch (error) {
    process.stderr.write(`console: configuration: ${(error as Error).message}\n`);
    return process.exit(78);
  }
}
