import type { LatencySummary } from './latency.ts';
import { shortMs } from './progress.ts';
import type { Report } from './report.ts';
import { sloLine } from './slo.ts';

/** The report for a terminal. */
export function summaryOf(report: Report): string {
  const { devices, pushes, deliveries, latency_ms: latency, seconds } = report;
  const rows = [
    [
      'devices',
      `${devices.ready} of ${devices.asked} ready in ${seconds.connecting} s, ${devices.churned} cut off on purpose, ${devices.disconnects} lost their connection`,
    ],
    [
      'pushes',
      `${pushes.accepted} of ${pushes.scheduled} accepted in ${seconds.pushing} s; refused ${pushes.refused}, failed ${pushes.failed}, skipped ${pushes.skipped}, unanswered ${pushes.unanswered}, tried again ${pushes.retried}`,
    ],
    [
      'deliveries',
      `${deliveries.delivered} of ${deliveries.expected}; lost ${deliveries.lost}, duplicates ${deliveries.duplicates}, out of order ${deliveries.out_of_order}, redelivered ${deliveries.redelivered}`,
    ],
    ...(['accept', 'delivery', 'connect'] as const).map((name) => [name, latencyText(latency[name])]),
    ...reasons('refusals', report.refusals),
    ...reasons('connections', report.connect_failures),
    ...report.faults.map((fault) => ['fault', fault]),
  ];
  const lines = rows.map(([name, text]) => `${name!.padEnd(12)} ${text}`);
  return `${[...lines, ...report.slos.map(sloLine)].join('\n')}\n`;
}

export function latencyText({ count, p50, p90, p99, p999, max }: LatencySummary): string {
  if (count === 0) return 'nothing was measured';
  const named = Object.entries({ p50, p90, p99, 'p99.9': p999, max });
  return named.map(([name, ms]) => `${name} ${shortMs(ms!)} ms`).join(', ');
}

function reasons(name: string, counts: Record<string, number>): string[][] {
  const text = Object.entries(counts)
    .map(([reason, count]) => `${reason} ${count} times`)
    .join(', ');
  return text === '' ? [] : [[name, text]];
}
