import { type PageSample, readMetricsPage } from '../../../common/metrics-page.ts';
import { addsOf, type CounterName, counterNames, type GaugeName, type HistogramName, lagMetric } from './figures.ts';

/** Counts at or below a bound, by the bound: as a page has them, so each includes those before it. */
export type Buckets = Map<number, number>;

/** What one page said, as far as the console reads it. */
export interface Reading {
  /** ms on a clock that never goes back. */
  atMs: number;
  /** As the instance names itself. */
  role: string;
  instance: string;
  counters: Record<CounterName, number>;
  /** Only those that the page has. */
  gauges: Partial<Record<GaugeName, number>>;
  histograms: Partial<Record<HistogramName, Buckets>>;
  /** Records that groups have yet to handle. */
  lags: Map<string, number>;
}

/** Lines of one page that are read at the most. */
const maxLines = 20_000;

/**
 * Reads a metrics page. Most of its lines are of no interest here and only their names are looked at.
 *
 * @throws Error for a page that is not of the format, is too long, or doesn't say whose it is.
 */
export function readingOf(page: string, atMs: number): Reading {
  const reading: Reading = {
    ...{ atMs, role: '', instance: '', gauges: {}, histograms: {}, lags: new Map() },
    counters: Object.fromEntries(counterNames.map((name) => [name, 0])) as Reading['counters'],
  };
  for (const sample of readMetricsPage(wantedLines(page))) {
    reading.role ||= sample.labels['role'] ?? '';
    reading.instance ||= sample.labels['instance'] ?? '';
    take(reading, sample);
  }
  if (reading.role === '' || reading.instance === '') throw new Error('the metrics page names no role and instance');
  return reading;
}

function wantedLines(page: string): string {
  const wanted: string[] = [];
  let lines = 0;
  for (let from = 0; from < page.length; ) {
    if (++lines > maxLines) throw new Error(`the metrics page has more than ${maxLines} lines`);
    const found = page.indexOf('\n', from);
    const to = found < 0 ? page.length : found;
    if (page[from] !== '#') {
      const line = page.slice(from, to);
      const name = /^\w*/.exec(line)![0];
      if (addsOf.has(name) || name === lagMetric) wanted.push(line);
    }
    from = to + 1;
  }
  return wanted.join('\n');
}

function take(reading: Reading, { name, labels, value }: PageSample): void {
  if (name === lagMetric) reading.lags.set(labels['group'] ?? '', value);
  for (const adds of addsOf.get(name) ?? []) {
    if (adds.where && !adds.where(labels)) continue;
    switch (adds.kind) {
      case 'counter':
        reading.counters[adds.name as CounterName] += value;
        break;
      case 'gauge': {
        const of = adds.name as GaugeName;
        reading.gauges[of] = (reading.gauges[of] ?? 0) + value;
        break;
      }
      case 'histogram': {
        const of = adds.name as HistogramName;
        reading.histograms[of] ??= new Map();
        const buckets = reading.histograms[of];
        const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
        buckets.set(bound, (buckets.get(bound) ?? 0) + value);
        break;
      }
    }
  }
}
