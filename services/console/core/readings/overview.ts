import {
  type HistorySeries,
  type InstanceRole,
  type InstanceView,
  instanceRoles,
  type Overview,
} from '../../calls/overview.ts';
import { lastChange } from './instance.ts';
import { type Instance, rounded, Totals } from './totals.ts';

/** Faults of one instance that are told. */
const maxFaults = 20;

/** The state of everything, as the instances answered last. */
export function overviewOf(instances: Instance[], unread: number, at: number): Overview {
  const all = new Totals(instances);
  return {
    ...{ at, unread },
    roles: instanceRoles.map((role) => ({ role, instances: viewsOf(instances, role) })),
    rates: {
      connections: all.gauge('connections'),
      loginsPerS: all.rate('logins'),
      callsPerS: all.countRate('apiCalls'),
      acceptedPerS: all.rate('accepted'),
      deliveredPerS: all.rate('pushes'),
      ackedPerS: all.rate('acked'),
    },
    latency: {
      acceptP50Ms: all.quantileMs('accept', 0.5),
      acceptP99Ms: all.quantileMs('accept', 0.99),
      deliveryP50Ms: all.quantileMs('handoff', 0.5),
      deliveryP99Ms: all.quantileMs('handoff', 0.99),
      ackP50Ms: all.quantileMs('ack', 0.5),
      ackP99Ms: all.quantileMs('ack', 0.99),
    },
    busLag: all.busLag(),
    replaying: all.gauge('replaying'),
  };
}

/** Instances of a role, by name. */
export function viewsOf(instances: Instance[], role: InstanceRole): InstanceView[] {
  return instances
    .filter((instance) => instance.role === role)
    .map(viewOf)
    .sort((left, right) => left.name.localeCompare(right.name, 'en', { numeric: true }));
}

/** What the hour's charts have of an overview. */
export function pointOf({ rates, latency, busLag, replaying, roles }: Overview): Record<HistorySeries, number | null> {
  const cpuOf = (wanted: InstanceRole): number | null => {
    const known = roles.flatMap(({ role, instances }) =>
      role === wanted ? instances.flatMap(({ cpu }) => cpu ?? []) : [],
    );
    return known.length === 0 ? null : rounded(known.reduce((sum, cores) => sum + cores, 0));
  };
  const states = roles.flatMap(({ instances }) => instances.map(({ state }) => state));
  return {
    ...rates,
    ...latency,
    busLag: busLag.length === 0 ? null : busLag.reduce((sum, { records }) => sum + records, 0),
    replaying,
    cpuIm: cpuOf('im'),
    cpuCm: cpuOf('cm'),
    cpuUserRedis: cpuOf('user-redis'),
    cpuUserMysql: cpuOf('user-mysql'),
    instancesReady: states.filter((state) => state === 'ready').length,
    instancesHung: states.filter((state) => state === 'hung').length,
  };
}

function viewOf({ name, role, seen }: Instance): InstanceView {
  const reading = seen.answers ? seen.readings.at(-1) : undefined;
  const change = lastChange(seen);
  return {
    ...{ name, state: seen.state, since: seen.since },
    faults: seen.faults.slice(0, maxFaults),
    cpu: change ? rounded(change.counters.cpuSeconds / change.seconds) : null,
    rssBytes: reading?.gauges.rssBytes ?? null,
    connections: role === 'cm' ? (reading?.gauges.connections ?? null) : null,
  };
}
