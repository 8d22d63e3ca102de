import type { History, Overview } from '../../api/types.ts';

export const seriesNames = [
  'connections',
  'acceptedPerS',
  'deliveredPerS',
  'ackedPerS',
  'acceptP50Ms',
  'acceptP99Ms',
  'deliveryP50Ms',
  'deliveryP99Ms',
  'busLag',
  'cpuIm',
  'cpuCm',
  'cpuUserRedis',
  'cpuUserMysql',
] as const;
type SeriesName = (typeof seriesNames)[number];

export interface HourPoints {
  /** Seconds since the epoch. */
  times: number[];
  series: Record<SeriesName, (number | null)[]>;
}

/** Points kept, whatever comes: an hour at one a second. */
const maxPoints = 3_600;
const hourS = 3_600;

/** The backend's answer, as charts take it. A series that it lacks is not known at any time. */
export function pointsOf({ from, stepS, series }: History): HourPoints {
  const length = Math.max(0, ...seriesNames.map((name) => series[name]?.length ?? 0));
  const times = Array.from({ length }, (_, index) => from / 1_000 + index * stepS);
  const values = seriesNames.map((name) => [name, times.map((_, index) => series[name]?.[index] ?? null)]);
  return { times, series: Object.fromEntries(values) as HourPoints['series'] };
}

/** With the state of now at the end, unless it is there; what is more than an hour old goes. */
export function addPoint(points: HourPoints, now: Overview): HourPoints {
  const time = now.at / 1_000;
  const last = points.times.at(-1);
  if (last !== undefined && time <= last) return points;
  const all = [...points.times, time];
  const begin = Math.max(
    0,
    all.length - maxPoints,
    all.findIndex((one) => one >= time - hourS),
  );
  const latest: Record<SeriesName, number | null> = {
    connections: now.rates.connections,
    acceptedPerS: now.rates.acceptedPerS,
    deliveredPerS: now.rates.deliveredPerS,
    ackedPerS: now.rates.ackedPerS,
    acceptP50Ms: now.latency.acceptP50Ms,
    acceptP99Ms: now.latency.acceptP99Ms,
    deliveryP50Ms: now.latency.deliveryP50Ms,
    deliveryP99Ms: now.latency.deliveryP99Ms,
    busLag: now.busLag.reduce((sum, { records }) => sum + records, 0),
    cpuIm: coresOf(now, 'im'),
    cpuCm: coresOf(now, 'cm'),
    cpuUserRedis: coresOf(now, 'user-redis'),
    cpuUserMysql: coresOf(now, 'user-mysql'),
  };
  const series = seriesNames.map((name) => [name, [...points.series[name], latest[name]].slice(begin)]);
  return { times: all.slice(begin), series: Object.fromEntries(series) as HourPoints['series'] };
}

/** Of all instances of a role together; null if that of none is known. */
function coresOf({ roles }: Overview, name: string): number | null {
  const known = roles
    .filter(({ role }) => role === name)
    .flatMap(({ instances }) => instances.flatMap(({ cpu }) => (cpu === null ? [] : [cpu])));
  return known.length === 0 ? null : known.reduce((sum, cpu) => sum + cpu, 0);
}
