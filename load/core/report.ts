import type { Collector, Point } from './collector.ts';
import { type Counts, totalOf } from './counts.ts';
import type { LatencySummary } from './latency.ts';
import { byKind, type Kind } from './mix.ts';
import type { LoadOptions, Shape } from './options.ts';
import { checkSlos, type SloResult } from './slo.ts';
import type { Target } from './target.ts';

export interface PushFigures {
  scheduled: number;
  accepted: number;
  refused: number;
  failed: number;
  skipped: number;
  /** Still under way at the end. `scheduled` is the sum of all others. */
  unanswered: number;
}

export interface DeliveryFigures {
  /** Accepted messages, each device counted: `delivered` + `lost`. */
  expected: number;
  delivered: number;
  lost: number;
  /** Arrived though their push got no clear answer. */
  unclaimed: number;
}

/** The report as `--json` writes it. Latencies are ms, times seconds. */
export interface Report {
  run: string;
  startedAt: string;
  /** It was ended early. */
  interrupted: boolean;
  /** What went wrong with the tool itself. */
  faults: string[];
  target: Pick<Target, 'api' | 'ws' | 'appId'>;
  shape: Shape;
  seconds: { connecting: number; pushing: number; draining: number };
  devices: { asked: number; ready: number; logins: number; disconnects: number; churned: number };
  pushes: PushFigures & { retried: number; kinds: Record<Kind, PushFigures> };
  deliveries: DeliveryFigures & {
    duplicates: number;
    out_of_order: number;
    strays: number;
    redelivered: number;
    foreign: number;
    kinds: Record<Kind, DeliveryFigures>;
  };
  refusals: Record<string, number>;
  connect_failures: Record<string, number>;
  latency_ms: {
    accept: LatencySummary;
    delivery: LatencySummary;
    connect: LatencySummary;
    send: LatencySummary;
    delivery_kinds: Record<Kind, LatencySummary>;
  };
  /** Of deliveries: the latency that a percentile has. */
  distribution: { percentile: number; ms: number }[];
  series: Point[];
  slos: SloResult[];
  /** Every comparison holds, and there were no faults. */
  ok: boolean;
}

export interface ReportInput {
  run: string;
  startedAt: string;
  interrupted: boolean;
  faults: string[];
  options: LoadOptions;
  seconds: Report['seconds'];
  ready: number;
  collector: Collector;
}

const percentiles = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100];

export function makeReport(input: ReportInput): Report {
  const { run, startedAt, interrupted, faults, options, seconds, ready, collector } = input;
  const { target, shape } = options;
  const { counts } = collector.sum();
  const delivery = collector.delivery();
  const latencies = { accept: collector.total.accept, delivery, connect: collector.total.connect };
  const pushes = pushFigures(totalOf(counts.pushes));
  const deliveries = deliveryFigures(totalOf(counts.messages));
  const slos = checkSlos(options.slos, {
    latency: (name, figure) => latencies[name].summary()[figure],
    count: (name) =>
      ({ ...pushes, lost: deliveries.lost, duplicates: counts.duplicates, out_of_order: counts.outOfOrder })[name],
  });
  return {
    ...{ run, startedAt, interrupted, faults },
    target: { api: target.api, ws: target.ws, appId: target.appId },
    ...{ shape, seconds },
    devices: {
      ...{ asked: shape.devices, ready },
      ...{ logins: counts.connects, disconnects: counts.disconnects, churned: counts.churned },
    },
    pushes: { ...pushes, retried: counts.retried, kinds: byKind((kind) => pushFigures(counts.pushes[kind])) },
    deliveries: {
      ...deliveries,
      ...{ duplicates: counts.duplicates, out_of_order: counts.outOfOrder, strays: counts.strays },
      ...{ redelivered: counts.redelivered, foreign: counts.foreign },
      kinds: byKind((kind) => deliveryFigures(counts.messages[kind])),
    },
    ...{ refusals: counts.refusals, connect_failures: counts.connectFailures },
    latency_ms: {
      ...{ accept: latencies.accept.summary(), delivery: delivery.summary(), connect: latencies.connect.summary() },
      send: collector.total.send.summary(),
      delivery_kinds: byKind((kind) => collector.total.delivery[kind].summary()),
    },
    distribution:
      delivery.count === 0 ? [] : percentiles.map((percentile) => ({ percentile, ms: delivery.at(percentile) })),
    series: collector.points,
    slos,
    ok: faults.length === 0 && slos.every(({ ok }) => ok),
  };
}

function pushFigures({ scheduled, accepted, refused, failed, skipped }: Counts['pushes'][Kind]): PushFigures {
  const unanswered = scheduled - accepted - refused - failed - skipped;
  return { scheduled, accepted, refused, failed, skipped, unanswered };
}

function deliveryFigures({ expected, arrived, lost }: Counts['messages'][Kind]): DeliveryFigures {
  return { expected, delivered: expected - lost, lost, unclaimed: Math.max(0, arrived - (expected - lost)) };
}
