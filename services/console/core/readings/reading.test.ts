import { expect, test } from 'vitest';
import { createMetrics as createCmMetrics } from '../../../cm/metrics.ts';
import { createRegistry } from '../../../common/metrics.ts';
import { createApiMetrics } from '../../../im/api/metrics.ts';
import { createLagMetric, createRouterMetrics } from '../../../im/metrics.ts';
import { createMetrics as createRedisMetrics } from '../../../user-redis/metrics.ts';
import { readingOf } from './reading.ts';
import { changeOf, quantileOf, sumOf } from './window.ts';

/** A page as an im makes it, after some calls. */
async function imPage(calls: number, records = 7): Promise<string> {
  const registry = createRegistry('im', 'im-1');
  const api = createApiMetrics(registry);
  const router = createRouterMetrics(registry, () => ({ owned: 5, replaying: 2 }));
  createLagMetric(registry, ['router', 'planner'], async (group) => (group === 'router' ? records : 0));
  for (let n = 0; n < calls; n++) {
    api.answered('push_single_cid', 'ok', 0.004);
    api.answered('report_task', 'ok', 3);
    api.accepted('successed_online', 1);
    api.accepted('successed_offline', 2);
    router.records.inc({ outcome: 'routed' });
    router.handoffSeconds.observe(0.02);
  }
  return registry.metrics();
}

test('a page of a real role is read: whose it is, counters over all labels, gauges, histograms, lags', async () => {
  const reading = readingOf(await imPage(10), 1);
  expect(reading).toMatchObject({ role: 'im', instance: 'im-1', atMs: 1 });
  expect(reading.counters).toMatchObject({ accepted: 30, routed: 10, pushes: 0 });
  expect(reading.counters.cpuSeconds).toBeGreaterThan(0);
  expect(reading.gauges.rssBytes).toBeGreaterThan(1e6);
  expect(reading.gauges).toMatchObject({ replaying: 2 });
  expect(reading.gauges.connections).toBeUndefined();
  expect(reading.lags).toEqual(
    new Map([
      ['router', 7],
      ['planner', 0],
    ]),
  );
  // Calls that don't push are no accepts.
  expect(reading.histograms.accept?.get(Number.POSITIVE_INFINITY)).toBe(10);
  expect(reading.histograms.apiCalls?.get(Number.POSITIVE_INFINITY)).toBe(20);
  expect(reading.histograms.ack).toBeUndefined();
});

test('every figure that is not of im is on the page of the role that has it', async () => {
  const cm = createRegistry('cm', 'cm-1');
  const metrics = createCmMetrics(cm, () => ({ counts: () => ({ all: 12, live: 9 }), limit: 100 }));
  metrics.pushes.inc(5);
  metrics.acked.inc(4);
  metrics.logins.inc({ outcome: 'ok' }, 3);
  metrics.logins.inc({ outcome: 'forbidden' }, 3);
  metrics.ackSeconds.observe(0.03);
  metrics.observeCall('deliver', 0.001, true);
  const ofCm = readingOf(await cm.metrics(), 1);
  expect(ofCm.gauges.connections).toBe(9);
  expect(ofCm.counters).toMatchObject({ pushes: 5, acked: 4, logins: 3 });
  expect(ofCm.histograms.routerToCm?.get(0.001)).toBe(1);
  const redis = createRegistry('user-redis', 'r-1');
  const observe = createRedisMetrics(redis, () => true).observeCall;
  observe('enqueue', 0.01, true);
  observe('attach', 0.01, true);
  observe('reserve', 0.01, false);
  const ofRedis = readingOf(await redis.metrics(), 1);
  for (const name of ['routerToRedis', 'cmToRedis', 'apiToRedis'] as const) {
    expect(ofRedis.histograms[name]?.get(Number.POSITIVE_INFINITY)).toBe(1);
  }
  expect(ofRedis.histograms.apiToMysql).toBeUndefined();
});

test('what was counted between two pages; of a process that began anew all it has', async () => {
  // A registry counts CPU time from when it was made: two of one process say nothing of a time between.
  const read = async (calls: number, atMs: number) => {
    const reading = readingOf(await imPage(calls), atMs);
    return { ...reading, counters: { ...reading.counters, cpuSeconds: atMs / 1_000 } };
  };
  const earlier = await read(10, 1_000);
  const later = await read(25, 3_000);
  const change = changeOf(earlier, later);
  expect(change.seconds).toBe(2);
  expect(change.counters.accepted).toBe(45);
  expect(change.histograms.accept?.get(Number.POSITIVE_INFINITY)).toBe(15);
  const anew = changeOf(later, await read(10, 5_000));
  expect(anew.counters.accepted).toBe(30);
  expect(anew.histograms.accept?.get(Number.POSITIVE_INFINITY)).toBe(10);
});

test.each([
  ['html', '<html>no metrics</html>\nprocess_cpu_seconds_total{ 1'],
  ['nobody’s', 'process_cpu_seconds_total 1'],
  ['endless', '\n'.repeat(20_001)],
])('a page that is %s is refused', (_what, page) => {
  expect(() => readingOf(page, 1)).toThrow(/page/);
});

test('quantiles lie within the bucket that holds them, and never beyond the last bound', () => {
  const buckets = new Map([
    [0.1, 50],
    [0.5, 90],
    [1, 100],
    [Number.POSITIVE_INFINITY, 100],
  ]);
  expect(quantileOf(buckets, 0.5)).toBeCloseTo(0.1);
  expect(quantileOf(buckets, 0.7)).toBeCloseTo(0.3);
  expect(quantileOf(buckets, 0.99)).toBeCloseTo(0.95);
  expect(quantileOf(new Map(), 0.5)).toBeNull();
  expect(
    quantileOf(
      new Map([
        [0.1, 0],
        [Number.POSITIVE_INFINITY, 0],
      ]),
      0.5,
    ),
  ).toBeNull();
  expect(
    quantileOf(
      new Map([
        [0.1, 0],
        [Number.POSITIVE_INFINITY, 3],
      ]),
      0.5,
    ),
  ).toBe(0.1);
  expect(sumOf([buckets, undefined, buckets]).get(0.5)).toBe(180);
});
