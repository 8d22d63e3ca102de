import { describe, expect, it } from 'vitest';
import { Collector } from './collector.ts';
import { noCounts } from './counts.ts';
import { Latency } from './latency.ts';
import { parseOptions } from './options.ts';
import { progressLine } from './progress.ts';
import { makeReport, type Report } from './report.ts';
import { reportPage } from './report-page.ts';
import { summaryOf } from './summary.ts';

const evil = `<img src=x onerror="alert('1')">&`;

function reportOf(slo: string): Report {
  const options = parseOptions(
    `--api http://h:1 --app a --key k --master-secret very-secret --app-secret other-secret --slo ${slo}`.split(' '),
    { env: {}, runningIn: () => undefined, randomSeed: () => 1 },
  );
  if (options === 'help') throw new Error('help');
  options.target.appId = evil;
  const collector = new Collector(2, 60);
  const counts = noCounts();
  Object.assign(counts.pushes.single, { scheduled: 10, accepted: 7, refused: 1, failed: 1 });
  Object.assign(counts.messages.single, { expected: 7, arrived: 7, lost: 1 });
  counts.refusals[evil] = 1;
  const [delivery, connect] = [new Latency(), new Latency()];
  for (let ms = 1; ms <= 100; ms++) delivery.record(ms * 1_000);
  connect.record(5_000);
  for (const worker of [0, 1]) {
    collector.tick(worker, {
      ...{ counts, connected: 5, ready: 5, stopped: 0, inFlight: 1, outstanding: 0 },
      latencies: { connect: connect.encode(), delivery: { single: delivery.encode() } },
    });
  }
  const snapshot = collector.second(2);
  expect(progressLine({ phase: 'pushing', at: 2, devices: 10, snapshot, delivery: collector.delivery() })).toBe(
    '2 s pushing  connected 10/10  accepted 7/s  delivered 7/s  delivery p50 50 ms p99 99 ms  under way 0  lost 2  duplicates 0',
  );
  return makeReport({
    ...{ run: '0123abcd', startedAt: '2026-01-01T00:00:00.000Z', interrupted: false, faults: [evil], options },
    ...{ seconds: { connecting: 1, pushing: 30, draining: 2 }, ready: 10, collector },
  });
}

describe('the report', () => {
  it('adds up what the workers told', () => {
    const report = reportOf('delivery_p99<500ms,lost=0');
    expect(report.pushes).toMatchObject({
      scheduled: 20,
      accepted: 14,
      refused: 2,
      failed: 2,
      skipped: 0,
      unanswered: 2,
    });
    expect(report.deliveries).toMatchObject({ expected: 14, delivered: 12, lost: 2, unclaimed: 2 });
    expect(report.latency_ms.delivery.count).toBe(200);
    expect(report.slos.map(({ ok }) => ok)).toEqual([true, false]);
    expect(report.ok).toBe(false);
  });

  it('has no secrets, neither in JSON nor as a page nor as text', () => {
    const report = reportOf('lost=0');
    for (const text of [JSON.stringify(report), reportPage(report), summaryOf(report)]) {
      expect(text).not.toMatch(/very-secret|other-secret/);
    }
  });

  it('as a page escapes what comes from outside, and asks for nothing', () => {
    const page = reportPage(reportOf('lost=0'));
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    expect(page).not.toMatch(/<script|<link|<iframe|\bsrc=["'h]|href=|url\(|@import/);
    expect(page.match(/<svg /g)).toHaveLength(4);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
});
