import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentMetrics } from '../../services/agent/metrics.ts';
import { parseProcessStat } from '../../services/common/process-stat.ts';
import { metricsIn, panelExpressions, ruleExpressions } from '../monitoring/expressions.ts';
import { waitFor } from '../rigs/process.ts';
import { type PrometheusServer, prometheusAvailable, startPrometheus } from '../rigs/prometheus.ts';
import { startSystem, type TestSystem } from '../rigs/system.ts';

const available = await prometheusAvailable();
const required = process.env['LONGWIRE_REQUIRE_PROMETHEUS'] === '1';
const skipped = !available.ok && !required;
const instances = ['cm-1', 'cm-2', 'im-1', 'user-mysql-1', 'user-redis-1'];
/** The main service is away: longer than two readings, so that something waits. */
const awayMs = 32_000;

describe.skipIf(skipped)(`agents and a main service${available.ok ? '' : `: ${available.reason}`}`, () => {
  let prometheus: PrometheusServer;
  let system: TestSystem;

  beforeAll(async () => {
    if (!available.ok) throw new Error(available.reason);
    prometheus = await startPrometheus();
    system = await startSystem({ scale: { cm: 2 }, remoteWrite: prometheus.remoteWriteUrl });
  });

  afterAll(async () => {
    await system?.stop();
    await prometheus?.stop();
  });

  test('samples of every role arrive, labelled by product line, role and instance', async () => {
    // A first reading may come before its role listens; the next one is 15 s later.
    await waitFor(
      'the samples of all',
      async () => {
        const up = await prometheus.query('longwire_agent_target_up == 1');
        const seen = up.map(({ labels }) => labels['instance']).sort();
        return seen.join() === instances.join();
      },
      40_000,
      100,
    );
    for (const instance of instances) {
      const role = instance.slice(0, -2);
      const own = `{product_line="longwire",role="${role}",instance="${instance}"}`;
      // Of the role's own page, and of what the agent sees of its process.
      const [loop] = await prometheus.query(`nodejs_eventloop_lag_seconds${own}`);
      const [memory] = await prometheus.query(`longwire_process_resident_memory_bytes${own}`);
      expect(loop, instance).toBeDefined();
      expect(memory!.value, instance).toBeGreaterThan(10_000_000);
    }
    expect((await prometheus.query('longwire_cm_connections')).length).toBeGreaterThan(0);
  });

  test('what rules, alerts and dashboards ask for is what roles and agents export', async () => {
    const exported = new Set<string>(Object.keys(agentMetrics));
    for (const instance of instances) {
      const page = await (await fetch(system.processOf(instance).metrics!)).text();
      for (const [, name] of page.matchAll(/^# TYPE (\S+)/gm)) exported.add(name!);
    }
    const asked = [...ruleExpressions, ...panelExpressions];
    expect(asked.length).toBeGreaterThan(60);
    const missing = asked.flatMap(({ of, expr }) =>
      metricsIn(expr)
        .filter((name) => !name.includes(':') && !exported.has(name))
        .map((name) => `${of}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('a role under SIGSTOP is reported hung within 20 s, its busy neighbour is not, and up replaces it', async () => {
    const neighbour = system.processOf('cm-2');
    const busy = keepBusy(neighbour.metrics!);
    const before = cpuSeconds(neighbour.pid);
    const pid = system.kill('cm-1', 'SIGSTOP');
    const stoppedAt = Date.now();
    const hung = await waitFor(
      'it is reported',
      async () => {
        const found = await prometheus.query('longwire_agent_target_hung == 1');
        return found.length > 0 && found;
      },
      20_000,
      100,
    );
    expect(Date.now() - stoppedAt).toBeGreaterThan(12_000);
    expect(hung.map(({ labels }) => labels['instance'])).toEqual(['cm-1']);
    expect(await prometheus.query('longwire_agent_target_fault == 1')).toMatchObject([
      { labels: { instance: 'cm-1', fault: 'stopped' } },
    ]);
    await waitFor('another process stands for it', () => system.processOf('cm-1').pid !== pid, 15_000);
    expect(Date.now() - stoppedAt).toBeLessThan(30_000);
    await waitFor(
      'it is sound again',
      async () => (await prometheus.query('longwire_agent_target_hung == 1')).length === 0,
    );
    const share = (cpuSeconds(neighbour.pid) - before) / ((Date.now() - stoppedAt) / 1_000);
    await busy.stop();
    expect(share).toBeGreaterThan(0.2);
    const ever = await prometheus.query('max by (instance) (max_over_time(longwire_agent_target_hung[2m])) == 1');
    expect(ever.map(({ labels }) => labels['instance'])).toEqual(['cm-1']);
  });

  test('samples of a time without the main service come when it is back, none twice and none missing', async () => {
    const selector = 'longwire_agent_scrape_samples{instance="im-1"}';
    await prometheus.end();
    const awayAt = Date.now();
    await waitFor('it was away for a while', () => Date.now() - awayAt > awayMs, awayMs + 5_000, 500);
    await prometheus.start();
    const backAt = Date.now();
    const readings = await waitFor(
      'the readings of that time',
      async () => {
        const all = await prometheus.readings(selector, 120);
        return all.some(([at]) => at > backAt) && all;
      },
      60_000,
      500,
    );
    const during = readings.filter(([at]) => at > awayAt && at < backAt);
    expect(during.length).toBeGreaterThanOrEqual(2);
    const gaps = readings.slice(1).map(([at], index) => at - readings[index]![0]);
    expect(Math.max(...gaps)).toBeLessThan(17_000);
    const lost = await prometheus.query('sum(longwire_agent_dropped_samples_total)');
    expect(lost[0]!.value).toBe(0);
    const failed = await prometheus.query(
      'sum(longwire_agent_push_failures_total{reason="no_answer",instance="im-1"})',
    );
    expect(failed[0]!.value).toBeGreaterThan(0);
  });

  test('series of a role that is gone end at once', async () => {
    const selector = 'nodejs_eventloop_lag_seconds{instance="cm-2"}';
    expect(await prometheus.query(selector)).toHaveLength(1);
    await system.stop();
    await waitFor('they have ended', async () => (await prometheus.query(selector)).length === 0);
    expect(await prometheus.query('longwire_agent_target_up')).toEqual([]);
  });
});

/** Asks for a page without a pause, on several connections. */
function keepBusy(url: string): { stop: () => Promise<void> } {
  let stopped = false;
  const lanes = Array.from({ length: 4 }, async () => {
    while (!stopped) await fetch(url).then((answer) => answer.arrayBuffer());
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all(lanes);
    },
  };
}

function cpuSeconds(pid: number): number {
  return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).cpuTicks / 100;
}
