import { compress } from 'snappyjs';
import { Health, ProgressMark } from '../common/health.ts';
import { watchProcess } from '../common/hung/edges/watch.ts';
import { Lifecycle, runUntilSignal } from '../common/lifecycle.ts';
import { Agent } from './agent.ts';
import { RequestBuffer } from './core/request-buffer.ts';
import { configOrExit } from './edges/config-of-process.ts';
import { serveHealth } from './edges/health-page.ts';
import { mainService } from './edges/main-service.ts';
import { metricsPage } from './edges/metrics-page.ts';
import { RoleProcess } from './edges/role-process.ts';
import { createAgentLog } from './log.ts';
import { Pusher } from './pusher.ts';

// docker/service/start.ts fills the compile cache so.
if (process.env['LONGWIRE_ONLY_LOAD']) process.exit(0);

/** How long reading the metrics page may take, within a turn. */
const longestScrapeMs = 10_000;

const config = configOrExit(process.env);
const { instance, targetRole: role, targetUrl, productLine, scrapeMs } = config;
const log = createAgentLog({ role: 'agent', instance, targetRole: role }, config.logLevel, process.stdout);
const lifecycle = new Lifecycle(log);
const health = new Health();

const buffer = new RequestBuffer({ maxSamples: config.bufferSamples, maxBytes: config.bufferBytes });
const { remoteWriteUrl: url, remoteWriteToken: token, remoteWriteUser: user } = config;
const pusher = new Pusher(buffer, { post: mainService({ url, token, user, deadlineMs: config.pushMs }) }, log);
const target = new RoleProcess(Number(new URL(targetUrl).port || 80));
const agent = new Agent(
  {
    readPage: metricsPage(`${targetUrl}/metrics`, Math.min(scrapeMs, longestScrapeMs)),
    role: () => target.figures(),
    self: () => {
      const { user, system } = process.cpuUsage();
      return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
    },
    compress,
    now: Date.now,
  },
  buffer,
  pusher,
  { product_line: productLine, role, instance },
  log,
);

const progress = new ProgressMark(4 * scrapeMs + longestScrapeMs);
health.addLive('scrapes', progress.check);
const { server, port } = await serveHealth(health, config.host, config.opsPort);
lifecycle.onStop('health', () => void server.close());
runUntilSignal(lifecycle, log, config.graceMs);

pusher.start();
lifecycle.onStop('pushes', (deadlineMs) => {
  agent.end();
  return pusher.stop(deadlineMs - Date.now() - 200);
});
const unwatch = watchProcess({
  url: `${targetUrl}/health/live`,
  pid: () => target.pid(),
  onLook: (judgement) => agent.looked(judgement),
});
lifecycle.onStop('watch', unwatch);
/** A turn that takes long is not made twice. */
let turning = false;
const turns = setInterval(() => void collect(), scrapeMs);
lifecycle.onStop('turns', () => clearInterval(turns));
void collect();
log.info({ port, targetUrl }, 'agent is running');

async function collect(): Promise<void> {
  if (turning) return;
  turning = true;
  await agent.collect();
  progress.mark();
  turning = false;
}
