import type { Logger } from '../../common/log.ts';
import {
  type History,
  type HistorySeries,
  historySeries,
  historyStepS,
  type overviewCalls,
} from '../calls/overview.ts';
import type { topologyCalls } from '../calls/topology.ts';
import type { Collector } from '../collector/collector.ts';
import { badField } from '../core/fault.ts';
import { prometheusQuery } from '../core/readings/prometheus-queries.ts';
import { rounded } from '../core/readings/totals.ts';
import type { Prometheus } from '../edges/prometheus.ts';
import type { Handlers } from './handler.ts';

export interface OverviewDeps {
  collector: Pick<Collector, 'current' | 'watch' | 'history'>;
  /** Undefined where none is set up. */
  prometheus: Pick<Prometheus, 'range'> | undefined;
  /** Label `product_line` of the series there that are meant. */
  productLine: string | undefined;
  log: Logger;
  now: () => number;
}

const hourS = 3_600;

/** What is seen of all instances. Where some are away, that is what there is to see. */
export function overviewHandlers(deps: OverviewDeps): Handlers<typeof overviewCalls & typeof topologyCalls> {
  const { collector, prometheus, productLine, log, now } = deps;

  /** @returns undefined if there is none, it doesn't answer, or knows nothing of these. */
  async function ofPrometheus(names: readonly HistorySeries[]): Promise<History | 'away' | undefined> {
    if (!prometheus) return undefined;
    const toS = Math.floor(now() / 1_000 / historyStepS) * historyStepS;
    const range = { fromS: toS - hourS + historyStepS, toS, stepS: historyStepS };
    try {
      const found = await Promise.all(names.map((name) => prometheus.range(prometheusQuery(name, productLine), range)));
      if (found.every((points) => points.every((point) => point === null))) return undefined;
      const series = Object.fromEntries(
        names.map((name, index) => [name, found[index]!.map((point) => (point === null ? null : rounded(point)))]),
      );
      return { stepS: historyStepS, from: range.fromS * 1_000, series, source: 'prometheus', prometheusAway: false };
    } catch (error) {
      log.info({ err: error }, 'Prometheus does not answer: the hour is what this console has seen');
      return 'away';
    }
  }

  return {
    overview: {
      answer: async () => (await collector.current()).overview,
      watch: (_request, reader) => collector.watch(({ overview }) => reader.show(overview)),
    },
    topology: {
      answer: async () => (await collector.current()).topology(),
      watch: (_request, reader) => collector.watch(({ topology }) => reader.show(topology())),
    },
    async history({ query }) {
      const names = namesOf(query.series);
      const found = await ofPrometheus(names);
      if (found && found !== 'away') return found;
      const { from, series } = collector.history(names);
      return { stepS: historyStepS, from, series, source: 'own', prometheusAway: found === 'away' };
    },
  };
}

/** @throws ConsoleFault that tells the names there are */
function namesOf(given: string | undefined): readonly HistorySeries[] {
  if (given === undefined) return historySeries;
  return [...new Set(given.split(','))].map((text) => {
    const name = historySeries.find((one) => one === text.trim());
    if (!name) throw badField('series', 'no_such_series', historySeries.join(', '), { name: text.trim().slice(0, 40) });
    return name;
  });
}
