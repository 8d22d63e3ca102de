import type { LatencySummary } from './latency.ts';
import { kinds } from './mix.ts';
import { escapeHtml, plot } from './plot.ts';
import { shortMs } from './progress.ts';
import type { Report } from './report.ts';
import { sloLine } from './slo.ts';

const style = `
:root { color-scheme: light dark; --ink: #1f2328; --soft: #656d76; --line: #d0d7de; --back: #ffffff; --1: #0969da; --2: #bc4c00; --3: #8250df; --bad: #cf222e; --good: #1a7f37; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --1: #4493f8; --2: #f0883e; --3: #ab7df8; --bad: #f85149; --good: #3fb950; }
}
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { border: 1px solid var(--line); padding: .25rem .6rem; text-align: right; }
td:first-child, th:first-child { text-align: left; } td.text { text-align: left; }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
.grid { stroke: var(--line); } .mark { stroke: var(--soft); stroke-dasharray: 4 3; } .tick { fill: var(--soft); font-size: 12px; } .legend { font-size: 13px; }
.line { fill: none; stroke-width: 1.8; stroke-linecap: round; }
.line.c1 { stroke: var(--1); } .line.c2 { stroke: var(--2); } .line.c3 { stroke: var(--3); }
.legend.c1 { fill: var(--1); } .legend.c2 { fill: var(--2); } .legend.c3 { fill: var(--3); }
.bad { color: var(--bad); } .good { color: var(--good); } .wide { overflow-x: auto; }
`;

/** The report as one page that asks for nothing else: no script, no picture, no font of elsewhere. */
export function reportPage(report: Report): string {
  const title = `Load on ${report.target.api}`;
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>App ${escapeHtml(report.target.appId)}, run ${escapeHtml(report.run)}, begun ${escapeHtml(report.startedAt)}${report.interrupted ? ', ended early' : ''}.</p>`,
    ...report.faults.map((fault) => `<p class="bad">${escapeHtml(fault)}</p>`),
    report.slos.length === 0 ? '' : `<h2>What was asked</h2>${slos(report)}`,
    `<h2>What came of it</h2>${figures(report)}`,
    `<h2>Latency, ms</h2><div class="wide">${latencies(report)}</div>`,
    `<h2>Pushes and deliveries by kind</h2><div class="wide">${byKinds(report)}</div>`,
    `<h2>Over time</h2>${plots(report)}`,
    `<h2>The load</h2>${table([], shapeRows(report))}`,
  ].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function slos(report: Report): string {
  const items = report.slos.map((slo) => `<li class="${slo.ok ? 'good' : 'bad'}">${escapeHtml(sloLine(slo))}</li>`);
  return `<ul>${items.join('')}</ul>`;
}

function figures({ devices, pushes, deliveries, refusals, connect_failures: failures, seconds }: Report): string {
  return table(
    [],
    [
      ['devices', `${devices.ready} of ${devices.asked} ready in ${seconds.connecting} s`],
      [
        'logins',
        `${devices.logins}; cut off on purpose ${devices.churned}, lost their connection ${devices.disconnects}`,
      ],
      ['pushes', `${pushes.accepted} of ${pushes.scheduled} accepted in ${seconds.pushing} s`],
      [
        '',
        `refused ${pushes.refused}, failed ${pushes.failed}, skipped ${pushes.skipped}, unanswered ${pushes.unanswered}, tried again ${pushes.retried}`,
      ],
      ['deliveries', `${deliveries.delivered} of ${deliveries.expected}, lost ${deliveries.lost}`],
      [
        '',
        `duplicates ${deliveries.duplicates}, out of order ${deliveries.out_of_order}, strays ${deliveries.strays}, redelivered ${deliveries.redelivered}`,
      ],
      ...Object.entries(refusals).map(([code, count]) => ['refused', `${code}: ${count} times`]),
      ...Object.entries(failures).map(([reason, count]) => ['connections', `${reason}: ${count} times`]),
    ],
  );
}

function latencies({ latency_ms: { accept, delivery, connect, send, delivery_kinds } }: Report): string {
  const row = (name: string, { count, min, mean, p50, p90, p99, p999, max }: LatencySummary): string[] => [
    ...[name, String(count)],
    ...[min, mean, p50, p90, p99, p999, max].map((ms) => (ms === undefined ? '–' : shortMs(ms))),
  ];
  const ofKinds = kinds.filter((kind) => delivery_kinds[kind].count > 0);
  return table(
    ['', 'samples', 'least', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'most'],
    [
      row('accept', accept),
      row('delivery', delivery),
      ...ofKinds.map((kind) => row(`delivery, ${kind}`, delivery_kinds[kind])),
      row('connect', connect),
      row('late to send', send),
    ],
  );
}

function byKinds({ pushes, deliveries, shape }: Report): string {
  const rows = kinds
    .filter((kind) => shape.mix[kind] > 0)
    .map((kind) => {
      const { scheduled, accepted, refused, failed, skipped } = pushes.kinds[kind];
      const { expected, delivered, lost } = deliveries.kinds[kind];
      return [kind, ...[scheduled, accepted, refused, failed, skipped, expected, delivered, lost].map(String)];
    });
  return table(['', 'pushes', 'accepted', 'refused', 'failed', 'skipped', 'deliveries due', 'delivered', 'lost'], rows);
}

function plots({ series, distribution, seconds }: Report): string {
  const line = (name: string, colour: number, of: (point: Report['series'][number]) => number | null) => ({
    ...{ name, colour },
    points: series.map((point) => ({ x: point.at, y: of(point) })),
  });
  const pushing = { x: seconds.connecting, name: 'pushing' };
  const draining = { x: seconds.connecting + seconds.pushing, name: 'draining' };
  const marks = seconds.pushing > 0 ? [pushing, draining] : [];
  const overTime = { xLabel: 'seconds', marks };
  /** Each nine is as far from the one before as that from its own. */
  const nines = (percentile: number): number => -Math.log10(1 - Math.min(percentile, 99.9995) / 100);
  return [
    plot({
      ...{ ...overTime, title: 'Pushes accepted and deliveries', yLabel: 'a second' },
      series: [line('pushes accepted', 1, (point) => point.pushes), line('deliveries', 2, (point) => point.deliveries)],
    }),
    plot({
      ...{ ...overTime, title: 'Devices connected', yLabel: 'devices' },
      series: [line('connected', 1, (point) => point.connected)],
    }),
    plot({
      ...{ ...overTime, title: 'Delivery, from when a push was due', yLabel: 'ms', logarithmic: true },
      series: [
        line('p50', 1, (point) => point.deliveryP50),
        line('p99', 2, (point) => point.deliveryP99),
        line('most', 3, (point) => point.deliveryMax),
      ],
    }),
    plot({
      ...{ ...overTime, title: 'Acceptance by the API, from when a push was due', yLabel: 'ms', logarithmic: true },
      series: [line('p50', 1, (point) => point.acceptP50), line('p99', 2, (point) => point.acceptP99)],
    }),
    plot({
      ...{ title: 'Delivery by percentile', xLabel: 'percentile', yLabel: 'ms', logarithmic: true },
      series: [
        {
          name: 'delivery',
          colour: 1,
          points: distribution.map(({ percentile, ms }) => ({ x: nines(percentile), y: ms })),
        },
      ],
      xTicks: [0, 50, 90, 99, 99.9, 99.99, 99.999].map((percentile) => ({
        x: nines(percentile),
        name: String(percentile),
      })),
    }),
  ].join('\n');
}

function shapeRows({ shape, target }: Report): string[][] {
  const mix = kinds.map((kind) => `${kind}=${shape.mix[kind]}`).join(', ');
  const rows = {
    'devices connect to': target.ws,
    ...shape,
    mix,
    sourceAddresses: shape.sourceAddresses.join(', ') || '–',
  };
  return Object.entries(rows).map(([name, value]) => [name, String(value)]);
}

function table(head: string[], rows: string[][]): string {
  const headRow = head.length === 0 ? '' : `<tr>${head.map((cell) => `<th>${escapeHtml(cell)}</th>`).join('')}</tr>`;
  const cell = (text: string): string => `<td${head.length === 0 ? ' class="text"' : ''}>${escapeHtml(text)}</td>`;
  return `<table>${headRow}${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`;
}
