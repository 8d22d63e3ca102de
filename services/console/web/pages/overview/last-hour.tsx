import { useRef } from 'react';
import { useAsk } from '../../api/queries.ts';
import type { History, Overview } from '../../api/types.ts';
import { SeriesChart } from '../../charts/series-chart.tsx';
import { useWords } from '../../i18n/i18n.tsx';
import { ErrorNote, Notice } from '../../ui/notice.tsx';
import { Card, Skeleton } from '../../ui/page.tsx';
import { addPoint, type HourPoints, pointsOf, seriesNames } from './hour-points.ts';

/** Between, each new state adds its point. */
const askEveryMs = 60_000;

export function LastHour({ now }: { now: Overview }) {
  const { t } = useWords();
  const o = t.overview;
  const { data, error } = useAsk<History>('overview/history', {
    query: { series: seriesNames.join(',') },
    everyMs: askEveryMs,
  });
  const points = useHourPoints(data, now);
  const named = (name: string, of: (typeof seriesNames)[number]) => ({ name, values: points?.series[of] ?? [] });
  return (
    <Card title={o.lastHour}>
      {data?.prometheusAway && <Notice tone="warn">{o.prometheusAway}</Notice>}
      {error && points === undefined && <ErrorNote error={error} />}
      {points === undefined ? (
        !error && <Skeleton lines={6} />
      ) : (
        <div className="charts">
          <SeriesChart title={o.chartConnections} times={points.times} series={[named(o.connections, 'connections')]} />
          <SeriesChart
            title={o.chartRates}
            times={points.times}
            series={[
              named(o.accepted, 'acceptedPerS'),
              named(o.delivered, 'deliveredPerS'),
              named(o.acked, 'ackedPerS'),
            ]}
          />
          <SeriesChart
            title={o.chartAccept}
            times={points.times}
            series={[named(o.p50, 'acceptP50Ms'), named(o.p99, 'acceptP99Ms')]}
          />
          <SeriesChart
            title={o.chartDelivery}
            times={points.times}
            series={[named(o.p50, 'deliveryP50Ms'), named(o.p99, 'deliveryP99Ms')]}
          />
          <SeriesChart title={o.chartLag} times={points.times} series={[named(o.lag, 'busLag')]} />
          <SeriesChart
            title={o.chartCpu}
            times={points.times}
            series={[
              named('im', 'cpuIm'),
              named('cm', 'cpuCm'),
              named('user-redis', 'cpuUserRedis'),
              named('user-mysql', 'cpuUserMysql'),
            ]}
          />
        </div>
      )}
    </Card>
  );
}

/** The last answer, and what came since. */
function useHourPoints(history: History | undefined, now: Overview): HourPoints | undefined {
  const kept = useRef<{ of: History; points: HourPoints }>(undefined);
  if (history === undefined) return undefined;
  if (kept.current?.of !== history) kept.current = { of: history, points: pointsOf(history) };
  kept.current.points = addPoint(kept.current.points, now);
  return kept.current.points;
}
