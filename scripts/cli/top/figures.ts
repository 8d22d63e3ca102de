import { type Sample, sumOf } from '../../../scaling/core/metrics-text.ts';
import type { OpsReading } from '../edges/ops-pages.ts';

/** One instance between two readings. What can't be known is undefined, as rates are at the first one. */
export interface Row {
  role: string;
  instance: string;
  state: OpsReading['state'];
  faults: Record<string, string>;
  /** Of one core, percent. */
  cpu: number | undefined;
  memoryBytes: number | undefined;
  connections: number | undefined;
  /** By what they count, a second. */
  rates: Record<string, number>;
}

/** All instances together. */
export interface Totals {
  instances: number;
  ready: number;
  connections: number;
  acceptedPerSecond: number;
  sentPerSecond: number;
  ackedPerSecond: number;
  /** From a single push's frame to the device's ack, between the two readings; undefined if there was none. */
  ackP50Ms: number | undefined;
  ackP99Ms: number | undefined;
  /** Records on the bus that are not worked on yet. */
  busLag: number;
}

const roles = ['cm', 'im', 'user-redis', 'user-mysql', 'console', 'agent'];

/** What is counted of each role: a name for people, and the metric. */
const counted: Record<string, [string, string][]> = {
  cm: [
    ['push', 'longwire_cm_pushes_total'],
    ['ack', 'longwire_cm_acked_total'],
    ['login', 'longwire_cm_logins_total'],
  ],
  im: [
    ['accept', 'longwire_api_push_targets_total'],
    ['route', 'longwire_router_records_total'],
  ],
  'user-redis': [['call', 'longwire_call_seconds_count']],
  'user-mysql': [
    ['call', 'longwire_call_seconds_count'],
    ['receipt', 'longwire_receipt_records_total'],
  ],
};

/** One row an instance: those that are not ready first, then by role and name. */
export function rowsOf(before: OpsReading[], now: OpsReading[]): Row[] {
  const earlier = new Map(before.map((reading) => [reading.instance.ops, reading]));
  return now.map((reading) => rowOf(earlier.get(reading.instance.ops), reading)).sort(byNeed);
}

function rowOf(before: OpsReading | undefined, now: OpsReading): Row {
  const { role, instance } = now.instance;
  const rates = (counted[role] ?? []).flatMap(([name, metric]): [string, number][] => {
    const rate = rateOf(metric, before, now);
    return rate === undefined ? [] : [[name, rate]];
  });
  const cores = rateOf('process_cpu_seconds_total', before, now);
  return {
    ...{ role, instance, state: now.state, faults: now.faults },
    cpu: cores === undefined ? undefined : cores * 100,
    memoryBytes: sumOf(now.samples, 'process_resident_memory_bytes'),
    connections: sumOf(now.samples, 'longwire_cm_connections'),
    rates: Object.fromEntries(rates),
  };
}

/** A counter that has fallen is that of a process that started anew: it counts from 0. A series that isn't there yet stands at 0. */
function rateOf(metric: string, before: OpsReading | undefined, now: OpsReading): number | undefined {
  if (!before || before.state === 'no answer' || now.state === 'no answer' || now.atMs <= before.atMs) return undefined;
  const [from, to] = [sumOf(before.samples, metric) ?? 0, sumOf(now.samples, metric) ?? 0];
  return ((to >= from ? to - from : to) * 1_000) / (now.atMs - before.atMs);
}

function byNeed(left: Row, right: Row): number {
  const rank = ({ state, role }: Row): number =>
    (state === 'ready' ? 100 : 0) + (roles.includes(role) ? roles.indexOf(role) : 50);
  return rank(left) - rank(right) || left.instance.localeCompare(right.instance, 'en', { numeric: true });
}

export function totalsOf(rows: Row[], before: OpsReading[], now: OpsReading[]): Totals {
  const sum = (of: (row: Row) => number | undefined): number => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  const acks = bucketsBetween('longwire_cm_ack_seconds_bucket', before, now);
  return {
    instances: rows.length,
    ready: rows.filter(({ state }) => state === 'ready').length,
    connections: sum(({ connections }) => connections),
    acceptedPerSecond: sum(({ rates }) => rates['accept']),
    sentPerSecond: sum(({ rates }) => rates['push']),
    ackedPerSecond: sum(({ rates }) => rates['ack']),
    ackP50Ms: quantileMs(acks, 0.5),
    ackP99Ms: quantileMs(acks, 0.99),
    busLag: lagOf(now),
  };
}

/** Each instance tells of its whole group, so that the most of all is what is behind. */
function lagOf(now: OpsReading[]): number {
  const byGroup = new Map<string, number>();
  for (const { samples } of now) {
    for (const { name, labels, value } of samples) {
      if (name !== 'longwire_bus_lag_records' && name !== 'longwire_receipts_lag') continue;
      const group = labels['group'] ?? `receipts ${labels['partition']}`;
      byGroup.set(group, Math.max(byGroup.get(group) ?? 0, value));
    }
  }
  return [...byGroup.values()].reduce((all, one) => all + one, 0);
}

/** How many fell at or below each bound between the readings, by bound in seconds. */
function bucketsBetween(metric: string, before: OpsReading[], now: OpsReading[]): Map<number, number> {
  const found = new Map<number, number>();
  const add = (readings: OpsReading[], sign: 1 | -1): void => {
    for (const { name, labels, value } of readings.flatMap(({ samples }): Sample[] => samples)) {
      if (name !== metric) continue;
      const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
      found.set(bound, (found.get(bound) ?? 0) + sign * value);
    }
  };
  const answered = new Set(now.filter(({ state }) => state !== 'no answer').map(({ instance }) => instance.ops));
  add(now, 1);
  add(
    before.filter(({ instance }) => answered.has(instance.ops)),
    -1,
  );
  return found;
}

/** Within a bucket spread evenly, as Prometheus takes it. Undefined: there was nothing. */
export function quantileMs(buckets: Map<number, number>, quantile: number): number | undefined {
  const bounds = [...buckets.keys()].sort((left, right) => left - right);
  const all = buckets.get(Number.POSITIVE_INFINITY) ?? 0;
  if (all <= 0) return undefined;
  const wanted = quantile * all;
  let [lower, below] = [0, 0];
  for (const bound of bounds) {
    const count = buckets.get(bound) ?? 0;
    if (count >= wanted) {
      if (bound === Number.POSITIVE_INFINITY) return lower * 1_000;
      return (lower + ((wanted - below) / Math.max(1e-9, count - below)) * (bound - lower)) * 1_000;
    }
    [lower, below] = [bound, count];
  }
  return lower * 1_000;
}
