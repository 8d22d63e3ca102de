import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { wayBuckets } from '../common/metrics.ts';
import type { ChannelKind } from '../common/protocol/channel-calls.ts';

export type RouterMetrics = ReturnType<typeof createRouterMetrics>;

export function createRouterMetrics(registry: Registry, states: () => { owned: number; replaying: number }) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_router_partitions',
    help: 'Partitions of the route topic owned by this router',
    labelNames: ['state'],
    registers,
    collect() {
      const { owned, replaying } = states();
      this.set({ state: 'replaying' }, replaying);
      this.set({ state: 'ready' }, owned - replaying);
    },
  });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `longwire_router_${name}_total`, help, labelNames, registers });
  return {
    records: counter('records', 'Route records handled', ['outcome']),
    broadcasts: counter('broadcasts', 'Broadcasts put into their apps’ logs', ['outcome']),
    targets: counter('targets', 'Devices that messages were stored for', ['outcome']),
    handoffs: counter('handoffs', 'Batches handed to CM nodes', ['outcome']),
    receiptsDropped: counter('receipts_dropped', 'Receipts dropped, as the bus did not take them in time'),
    channels: counter('channel_records', 'Records left to the channels of vendors', ['outcome']),
    replays: counter('replays', 'Partitions read again', ['reason']),
    handoffSeconds: new Histogram({
      name: 'longwire_router_handoff_seconds',
      help: 'From a push’s acceptance, or the time it was due, until the nodes of its devices have it, seconds',
      buckets: wayBuckets,
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'longwire_router_batch_seconds',
      help: 'Time to store, hand over and count one batch, seconds',
      buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
      registers,
    }),
  };
}

/** The groups whose consumers are parts of im, and the topic that each reads. */
export const lagGroups = ['router', 'broadcaster', 'planner', 'callback', 'channel'] as const;
export type LagGroup = (typeof lagGroups)[number];

/** @param lagOf records that a group of this instance has yet to handle, those of other instances included. */
export function createLagMetric(registry: Registry, groups: LagGroup[], lagOf: (group: LagGroup) => Promise<number>) {
  new Gauge({
    name: 'longwire_bus_lag_records',
    help: 'Records on the bus that a group of consumers has not handled yet; absent while the bus is away',
    labelNames: ['group'],
    registers: [registry],
    async collect() {
      this.reset();
      const read = async (group: LagGroup): Promise<void> => this.set({ group }, await lagOf(group));
      // The other figures are worth reading without these.
      await Promise.allSettled(groups.map(read));
    },
  });
}

export type CallbackMetrics = ReturnType<typeof createCallbackMetrics>;

export function createCallbackMetrics(registry: Registry, waiting: () => number) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_callback_waiting',
    help: 'Receipts that wait for their upstreams or are on their way',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `longwire_callback_${name}_total`, help, labelNames, registers });
  return {
    delivered: counter('delivered', 'Receipts that an upstream answered, by the class of its HTTP status', ['answer']),
    dropped: counter('dropped', 'Receipts that their upstream was not told of', ['reason']),
    withoutAliases: counter('without_aliases', 'Bodies whose aliases could not be looked up'),
  };
}

export type PlannerMetrics = ReturnType<typeof createPlannerMetrics>;

export function createPlannerMetrics(registry: Registry, tagJobs: () => number) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_planner_tag_jobs',
    help: 'Pushes to tags that this instance works on',
    registers,
    collect() {
      this.set(tagJobs());
    },
  });
  return {
    tasks: new Counter({
      name: 'longwire_planner_tasks_total',
      help: 'Tasks planned',
      labelNames: ['outcome'],
      registers,
    }),
    waits: new Counter({
      name: 'longwire_planner_waits_total',
      help: 'Times the planner waited for routers to catch up',
      registers,
    }),
  };
}

/** What becomes of a message and a channel of one of its devices. */
export const channelOutcomes = [
  'sent',
  /** The device has no such subscription any more, by its service's word. */
  'gone',
  'refused',
  /** The service doesn't take the app's credentials. */
  'denied',
  /** The app has no credentials for it. */
  'off',
  'gave_up',
  'expired',
  /** The task was stopped, or the device blacklisted. */
  'withdrawn',
  /** It was acknowledged over a connection meanwhile. */
  'delivered',
  /** The device is connected, and gets it there. */
  'online',
  /** There was nothing in it to show. */
  'nothing',
  /** Too much waits for the service. */
  'full',
] as const;
export type ChannelOutcome = (typeof channelOutcomes)[number];

export type ChannelMetrics = ReturnType<typeof createChannelMetrics>;

/** How one kind of channel stands. A lane is an app, of a vendor, or a push service of browsers. */
export interface ChannelStand {
  kind: ChannelKind;
  /** Messages that wait for their first or next try, or are being tried. */
  jobs: number;
  /** Lanes with such messages, and those of them whose last try failed. */
  lanes: number;
  failing: number;
  /** Apps whose credentials were refused lately. */
  denied: number;
}

export function createChannelMetrics(registry: Registry, stands: () => readonly ChannelStand[]) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_channel_waiting',
    help: 'Messages that wait for their first or next try, or are being tried',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const { kind, jobs } of stands()) this.set({ kind }, jobs);
    },
  });
  new Gauge({
    name: 'longwire_channel_lanes',
    help: 'Apps of a vendor, or push services of browsers: that messages wait for, that fail, whose credentials are denied',
    labelNames: ['kind', 'state'],
    registers,
    collect() {
      for (const { kind, lanes, failing, denied } of stands()) {
        this.set({ kind, state: 'waiting' }, lanes);
        this.set({ kind, state: 'failing' }, failing);
        this.set({ kind, state: 'denied' }, denied);
      }
    },
  });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `longwire_channel_${name}_total`, help, labelNames, registers });
  return {
    messages: counter('messages', 'Messages for channels, by what became of them', ['kind', 'outcome']),
    tries: counter('tries', 'Tries to send by a channel', ['kind', 'outcome']),
    unreadable: counter('unreadable', 'Records of the channel topic that could not be read'),
    resultsDropped: counter('results_dropped', 'Results of channels that reports miss, as the bus did not take them'),
  };
}

export type ScheduleMetrics = ReturnType<typeof createScheduleMetrics>;

export function createScheduleMetrics(registry: Registry) {
  const registers = [registry];
  const schedules = new Counter({
    name: 'longwire_planner_schedules_total',
    help: 'Scheduled tasks that were sent, or ended without',
    labelNames: ['outcome'],
    registers,
  });
  const late = new Histogram({
    name: 'longwire_planner_schedule_late_seconds',
    help: 'How long after its time a scheduled task was sent, seconds',
    buckets: [0.25, 0.5, 1, 2, 5, 10, 60, 600, 3_600],
    registers,
  });
  return {
    sent(lateMs: number): void {
      schedules.inc({ outcome: 'sent' });
      late.observe(Math.max(0, lateMs) / 1_000);
    },
    ended: (outcome: 'expired' | 'stopped', count: number): void => schedules.inc({ outcome }, count),
  };
}
