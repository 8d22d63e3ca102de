import type { InstanceRole } from '../../calls/overview.ts';
import { type Topology, type TopologyNode, topologyNodes } from '../../calls/topology.ts';
import type { CounterName, HistogramName } from './figures.ts';
import { viewsOf } from './overview.ts';
import { type Instance, Totals } from './totals.ts';

/** Whose instances do it. */
const roleOf: Record<TopologyNode, InstanceRole | null> = {
  upstream: null,
  api: 'im',
  bus: null,
  planner: 'im',
  router: 'im',
  'user-redis': 'user-redis',
  'user-mysql': 'user-mysql',
  cm: 'cm',
  device: null,
  callback: 'im',
  channel: 'im',
  vendor: null,
};

type Unit = Topology['arrows'][number]['unit'];

interface Arrow {
  from: TopologyNode;
  to: TopologyNode;
  unit: Unit;
  /** What is counted; of a histogram how many values it has. */
  counted?: CounterName[] | HistogramName;
  /** How long it takes. */
  times?: HistogramName;
}

/** The way of a message, and what goes beside it. Where nothing is counted, an arrow says only that there is a way. */
const arrows: Arrow[] = [
  { from: 'upstream', to: 'api', unit: 'calls', counted: 'apiCalls', times: 'apiCalls' },
  { from: 'api', to: 'user-redis', unit: 'calls', counted: 'apiToRedis', times: 'apiToRedis' },
  { from: 'api', to: 'user-mysql', unit: 'calls', counted: 'apiToMysql', times: 'apiToMysql' },
  { from: 'api', to: 'bus', unit: 'messages', counted: ['accepted'], times: 'accept' },
  { from: 'bus', to: 'planner', unit: 'tasks', counted: ['planned'] },
  { from: 'planner', to: 'user-mysql', unit: 'calls', counted: 'plannerToMysql', times: 'plannerToMysql' },
  { from: 'planner', to: 'bus', unit: 'records' },
  { from: 'bus', to: 'router', unit: 'records', counted: ['routed', 'broadcast'], times: 'handoff' },
  { from: 'router', to: 'user-redis', unit: 'calls', counted: 'routerToRedis', times: 'routerToRedis' },
  { from: 'router', to: 'cm', unit: 'calls', counted: 'routerToCm', times: 'routerToCm' },
  { from: 'cm', to: 'user-redis', unit: 'calls', counted: 'cmToRedis', times: 'cmToRedis' },
  { from: 'cm', to: 'user-mysql', unit: 'calls', counted: 'cmToMysql', times: 'cmToMysql' },
  { from: 'cm', to: 'device', unit: 'messages', counted: ['pushes'], times: 'ack' },
  { from: 'device', to: 'cm', unit: 'receipts', counted: ['acked'] },
  { from: 'cm', to: 'bus', unit: 'receipts' },
  { from: 'bus', to: 'user-mysql', unit: 'receipts', counted: ['receipts'], times: 'receiptRuns' },
  { from: 'bus', to: 'callback', unit: 'receipts' },
  { from: 'callback', to: 'upstream', unit: 'receipts', counted: ['toldUpstreams'] },
  { from: 'bus', to: 'channel', unit: 'records', counted: ['forChannels'] },
  { from: 'channel', to: 'vendor', unit: 'messages', counted: ['channelTries'] },
  { from: 'vendor', to: 'device', unit: 'messages', counted: ['channelSent'] },
];

export function topologyOf(instances: Instance[], at: number): Topology {
  const all = new Totals(instances);
  return {
    at,
    nodes: topologyNodes.map((id) => {
      const role = roleOf[id];
      return { id, role, instances: role === null ? [] : viewsOf(instances, role) };
    }),
    arrows: arrows.map(({ from, to, unit, counted, times }) => ({
      ...{ from, to, unit },
      perS: counted === undefined ? null : typeof counted === 'string' ? all.countRate(counted) : all.rate(...counted),
      p50Ms: times === undefined ? null : all.quantileMs(times, 0.5),
      p99Ms: times === undefined ? null : all.quantileMs(times, 0.99),
    })),
  };
}
