import type { Figures } from './core/figures.ts';
import type { Behavior, Limits, Policy } from './core/pace.ts';
import type { Readings } from './core/readings.ts';
import type { Plan } from './core/scaler.ts';

/** A role's plan, and where its figures are found in what its instances export. */
export interface ScaledRole extends Plan {
  /** One that couldn't be read is undefined. Keys are those of `figures`. */
  read: (readings: Readings) => Record<string, number | undefined>;
}

/** What waits on the bus counts as work of the next minute. */
const catchUpSeconds = 60;

/** Twice as many within a minute, and two more at least: a crowd comes in minutes. Nothing holds it back. */
const quick: Policy[] = [
  { type: 'Percent', value: 100, periodSeconds: 60 },
  { type: 'Pods', value: 2, periodSeconds: 60 },
];
const oneEvery = (periodSeconds: number): Policy[] => [{ type: 'Pods', value: 1, periodSeconds }];

/**
 * One at a time, and after ten minutes of less: with five, as Kubernetes has it, gusts of a fifth turned im up and down seven times in
 * an hour of the simulator's day, with ten three times, for 1 % more instance-hours.
 */
const behavior: Behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: quick },
  scaleDown: { stabilizationWindowSeconds: 600, policies: oneEvery(60) },
};
/** Each cm that goes sends all its devices to the others: rarely, one at a time, and only after a quarter of an hour of less. */
const patient: Behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: quick },
  scaleDown: { stabilizationWindowSeconds: 900, policies: oneEvery(300) },
};

const meanOf = (readings: Readings, histogram: string, fits?: (labels: Record<string, string>) => boolean) => {
  const seconds = readings.rate(`${histogram}_sum`, fits);
  const count = readings.rate(`${histogram}_count`, fits);
  // Under one a second, one slow call is no pressure yet.
  return seconds === undefined || count === undefined ? undefined : seconds / Math.max(1, count);
};

const withBacklog = (rate: number | undefined, behind: number | undefined): number | undefined =>
  rate === undefined || behind === undefined ? undefined : rate + behind / catchUpSeconds;

const callsOf = (readings: Readings): Record<string, number | undefined> => ({
  calls: readings.rate('longwire_call_seconds_count'),
  // The time that calls took in one second is how many are in flight on average (Little's law).
  in_flight: readings.rate('longwire_call_seconds_sum'),
  latency: meanOf(readings, 'longwire_call_seconds'),
});

const cm: ScaledRole = {
  figures: {
    connections: {
      kind: 'load',
      target: 10_000,
      unit: 'device connections',
      why: 'two thirds of maxConnections (15,000): of three nodes one may go, and the others have room for its devices',
    },
    logins: {
      kind: 'load',
      target: 1_000,
      unit: 'logins/s',
      why: 'an eighth of what a thread does: each also costs user-redis a call, and messages go on meanwhile',
    },
  },
  behavior: patient,
  limits: { min: 3, max: 10 },
  read: (readings) => ({
    connections: readings.sum('longwire_cm_connections'),
    logins: readings.rate('longwire_cm_logins_total'),
  }),
};

const im: ScaledRole = {
  figures: {
    records: {
      kind: 'load',
      target: 2_900,
      unit: 'route records/s, and what is behind within a minute',
      why: 'half of the single pushes that a thread both accepts and routes',
    },
    accept_latency: {
      kind: 'strain',
      target: 0.25,
      unit: 'mean seconds to accept a push',
      why: 'a push is accepted in some ms; what takes this long waits for its turn',
    },
  },
  behavior,
  limits: { min: 2, max: 7 },
  read: (readings) => ({
    records: withBacklog(
      readings.rate('longwire_router_records_total'),
      readings.most('longwire_bus_lag_records', ({ group }) => group === 'router'),
    ),
    accept_latency: meanOf(readings, 'longwire_api_request_seconds', ({ call }) => call!.startsWith('push_')),
  }),
};

const userRedis: ScaledRole = {
  figures: {
    calls: { kind: 'load', target: 2_400, unit: 'calls/s', why: 'half of what a thread does' },
    in_flight: {
      kind: 'load',
      target: 48,
      unit: 'calls in flight',
      why: 'what 2,400 calls/s are at 20 ms each; more of them means that they wait',
    },
    latency: { kind: 'strain', target: 0.05, unit: 'mean seconds a call', why: 'callers give a look-up 400 ms' },
  },
  behavior,
  limits: { min: 2, max: 5 },
  read: callsOf,
};

const userMysql: ScaledRole = {
  figures: {
    calls: {
      kind: 'load',
      target: 6_000,
      unit: 'calls/s',
      why: 'a fifth of the small reads that a thread does: writes take more, and receipts are counted beside them',
    },
    in_flight: {
      kind: 'load',
      target: 8,
      unit: 'calls in flight',
      why: 'its pool has ten connections (mysqlPoolSize): beyond them calls wait',
    },
    latency: { kind: 'strain', target: 0.1, unit: 'mean seconds a call', why: 'callers give a look-up 400 ms' },
    receipts: {
      kind: 'load',
      target: 5_000,
      unit: 'receipt records/s, and what is behind within a minute',
      why: 'half of what a thread counts of single pushes, one or two of them a message',
    },
  },
  behavior,
  limits: { min: 2, max: 4 },
  read: (readings) => ({
    ...callsOf(readings),
    receipts: withBacklog(readings.rate('longwire_receipt_records_total'), readings.most('longwire_receipts_lag')),
  }),
};

/** How each role is scaled. `k8s/components/autoscaling` and `monitoring/rules/scaling.yml` say the same to a cluster. */
export const scaledRoles = { cm, im, 'user-redis': userRedis, 'user-mysql': userMysql };
export type ScaledRoleName = keyof typeof scaledRoles;

/** Without the figures that couldn't be read. */
export function valuesOf(role: ScaledRole, readings: Readings): Record<string, number> {
  const read = Object.entries(role.read(readings)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(read) as Record<string, number>;
}

/** The same plan with other limits and targets, its windows and periods `hasten` times as short. */
export function adapted(plan: Plan, limits: Limits, targets: Partial<Record<string, number>>, hasten: number): Plan {
  const figures: Figures = Object.fromEntries(
    Object.entries(plan.figures).map(([name, figure]) => [name, { ...figure, target: targets[name] ?? figure.target }]),
  );
  const shorter = ({ stabilizationWindowSeconds, policies }: Behavior['scaleUp']): Behavior['scaleUp'] => ({
    stabilizationWindowSeconds: stabilizationWindowSeconds / hasten,
    policies: policies.map((policy) => ({ ...policy, periodSeconds: policy.periodSeconds / hasten })),
  });
  const { scaleUp, scaleDown } = plan.behavior;
  return { figures, limits, behavior: { scaleUp: shorter(scaleUp), scaleDown: shorter(scaleDown) } };
}
