import type { InstanceRole } from '../../calls/overview.ts';
import { type CounterName, type GaugeName, type HistogramName, topicOfGroup } from './figures.ts';
import { lastChange, type Seen } from './instance.ts';
import type { Reading } from './reading.ts';
import { type Change, countOf, quantileOf, sumOf } from './window.ts';

/** An instance of a role, as a list names it and as it was seen. */
export interface Instance {
  role: InstanceRole;
  name: string;
  seen: Seen;
}

/** Figures of several instances together. Null: not known of any of them. */
export class Totals {
  readonly #changes: Change[];
  readonly #readings: Reading[];

  constructor(instances: Instance[]) {
    const answering = instances.filter(({ seen }) => seen.answers);
    this.#changes = answering.flatMap(({ seen }) => lastChange(seen) ?? []);
    this.#readings = answering.flatMap(({ seen }) => seen.readings.at(-1) ?? []);
  }

  rate(...names: CounterName[]): number | null {
    return this.#perS(({ counters }) => names.reduce((sum, name) => sum + counters[name], 0));
  }

  /** How many a second a histogram has counted. */
  countRate(name: HistogramName): number | null {
    return this.#perS(({ histograms }) => (histograms[name] ? countOf(histograms[name]) : 0));
  }

  gauge(name: GaugeName): number | null {
    const known = this.#readings.flatMap(({ gauges }) => gauges[name] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  }

  quantileMs(name: HistogramName, share: number): number | null {
    const seconds = quantileOf(sumOf(this.#changes.map(({ histograms }) => histograms[name])), share);
    return seconds === null ? null : rounded(seconds * 1_000);
  }

  /** Each instance tells the lag of the whole group: the largest counts. */
  busLag(): { group: string; topic: string; records: number }[] {
    const groups = new Map<string, number>();
    const note = (group: string, records: number): void =>
      void groups.set(group, Math.max(groups.get(group) ?? 0, records));
    for (const { lags, gauges } of this.#readings) {
      for (const [group, records] of lags) note(group, records);
      if (gauges.receiptsBehind !== undefined) note('statistics', gauges.receiptsBehind);
    }
    return Object.entries(topicOfGroup).flatMap(([group, topic]) => {
      const records = groups.get(group);
      return records === undefined ? [] : [{ group, topic, records }];
    });
  }

  #perS(of: (change: Change) => number): number | null {
    if (this.#changes.length === 0) return null;
    return rounded(this.#changes.reduce((sum, change) => sum + of(change) / change.seconds, 0));
  }
}

/** Three digits say enough, and keep what pages are sent short. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
