import Type, { type Static } from 'typebox';
import { TimeMs } from '../../common/protocol/ids.ts';
import { endpoint } from './endpoint.ts';

/** The roles that instances are of. */
export const instanceRoles = ['im', 'cm', 'user-redis', 'user-mysql', 'console'] as const;
export type InstanceRole = (typeof instanceRoles)[number];

/**
 * hung: the port is open and no answer comes, or the instance says itself that it makes no progress, for so long that it isn't a
 * pause. gone: nobody listens there.
 */
export const instanceStates = ['ready', 'not_ready', 'hung', 'gone'] as const;
export type InstanceState = (typeof instanceStates)[number];

const Known = Type.Union([Type.Number(), Type.Null()], { description: 'null: not known now' });

export const InstanceView = Type.Object({
  name: Type.String(),
  state: Type.Enum([...instanceStates]),
  /** Of the state, as far as this console has seen it. */
  since: TimeMs,
  /** Names of what is not well, as the instance tells them; of a hung one in what way it hangs. */
  faults: Type.Array(Type.String(), { maxItems: 20 }),
  /** Cores in use. */
  cpu: Known,
  rssBytes: Known,
  /** Devices connected, of a cm. */
  connections: Known,
});
export type InstanceView = Static<typeof InstanceView>;

export const Overview = Type.Object({
  at: TimeMs,
  roles: Type.Array(Type.Object({ role: Type.Enum([...instanceRoles]), instances: Type.Array(InstanceView) })),
  /** Instances that there are besides and that are not read: there are more than this console looks at. */
  unread: Type.Integer({ minimum: 0 }),
  /** Per second over the last ten, of all instances that answer. */
  rates: Type.Object({
    /** Devices connected and logged in. */
    connections: Known,
    loginsPerS: Known,
    /** Calls of the upstream API. */
    callsPerS: Known,
    /** Targets of accepted pushes. */
    acceptedPerS: Known,
    /** Push frames written to devices' sockets. */
    deliveredPerS: Known,
    ackedPerS: Known,
  }),
  /** Over the last ten seconds; null also where nothing happened in them. */
  latency: Type.Object({
    /** Of the calls that push. */
    acceptP50Ms: Known,
    acceptP99Ms: Known,
    /** From a push's acceptance, or the time it was due, until the nodes of its devices have it. */
    deliveryP50Ms: Known,
    deliveryP99Ms: Known,
    /** From the frame on the socket to the device's ack. */
    ackP50Ms: Known,
    ackP99Ms: Known,
  }),
  busLag: Type.Array(
    Type.Object({ group: Type.String(), topic: Type.String(), records: Type.Integer({ minimum: 0 }) }),
  ),
  /** Partitions whose queues are being made again from the bus. */
  replaying: Known,
});
export type Overview = Static<typeof Overview>;

/** What is kept of the last hour, a point every `historyStepS`. */
export const historySeries = [
  'connections',
  'loginsPerS',
  'callsPerS',
  'acceptedPerS',
  'deliveredPerS',
  'ackedPerS',
  'acceptP50Ms',
  'acceptP99Ms',
  'deliveryP50Ms',
  'deliveryP99Ms',
  'ackP50Ms',
  'ackP99Ms',
  'busLag',
  'replaying',
  'cpuIm',
  'cpuCm',
  'cpuUserRedis',
  'cpuUserMysql',
  'instancesReady',
  'instancesHung',
] as const;
export type HistorySeries = (typeof historySeries)[number];

export const historyStepS = 5;

export const History = Type.Object({
  stepS: Type.Integer({ minimum: 1 }),
  /** Of the first point. */
  from: TimeMs,
  /** Points by name, oldest first; null: not known. */
  series: Type.Record(Type.String(), Type.Array(Known)),
  /** own: what this console has seen since it started. */
  source: Type.Enum(['prometheus', 'own']),
  /** There is a Prometheus, and it did not answer in time: this is what the console has seen itself. */
  prometheusAway: Type.Boolean(),
});
export type History = Static<typeof History>;

export const overviewCalls = {
  overview: endpoint({
    method: 'GET',
    path: '/overview',
    summary: 'Instances of every role, rates, latencies, lag of the bus',
    needs: 'any',
    answer: Overview,
    live: true,
    example: {},
  }),
  history: endpoint({
    method: 'GET',
    path: '/overview/history',
    summary: 'The last hour of the same figures',
    needs: 'any',
    query: Type.Object({
      series: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 400,
          description: `names with commas between, all if nothing is said: ${historySeries.join(', ')}`,
        }),
      ),
    }),
    answer: History,
    example: { query: { series: 'connections,acceptedPerS' } },
  }),
};
