/** What the console reads of metrics pages: counters to make rates of, gauges, and histograms to make quantiles of. */
interface Figure {
  metric: string;
  /** Of whose labels: all if nothing is said. */
  where?: (labels: Record<string, string>) => boolean;
}

const labelled =
  (label: string, ...values: string[]): NonNullable<Figure['where']> =>
  (labels) =>
    values.includes(labels[label] ?? '');

/** Internal calls as a role's instances answer them. */
const answered = (role: string, ...calls: string[]): Figure => ({
  metric: 'longwire_call_seconds',
  where: (labels) => labels['role'] === role && calls.includes(labels['call'] ?? ''),
});

export const counters = {
  cpuSeconds: { metric: 'process_cpu_seconds_total' },
  accepted: { metric: 'longwire_api_push_targets_total' },
  logins: { metric: 'longwire_cm_logins_total', where: labelled('outcome', 'ok') },
  pushes: { metric: 'longwire_cm_pushes_total' },
  acked: { metric: 'longwire_cm_acked_total' },
  planned: { metric: 'longwire_planner_tasks_total' },
  routed: { metric: 'longwire_router_records_total' },
  broadcast: { metric: 'longwire_router_broadcasts_total' },
  receipts: { metric: 'longwire_receipt_records_total' },
  forChannels: { metric: 'longwire_router_channel_records_total' },
  channelTries: { metric: 'longwire_channel_tries_total' },
  channelSent: { metric: 'longwire_channel_messages_total', where: labelled('outcome', 'sent') },
  toldUpstreams: { metric: 'longwire_callback_delivered_total' },
} satisfies Record<string, Figure>;
export type CounterName = keyof typeof counters;

export const gauges = {
  rssBytes: { metric: 'process_resident_memory_bytes' },
  connections: { metric: 'longwire_cm_connections', where: labelled('state', 'live') },
  replaying: { metric: 'longwire_router_partitions', where: labelled('state', 'replaying') },
  receiptsBehind: { metric: 'longwire_receipts_lag' },
} satisfies Record<string, Figure>;
export type GaugeName = keyof typeof gauges;

export const histograms = {
  apiCalls: { metric: 'longwire_api_request_seconds' },
  accept: {
    metric: 'longwire_api_request_seconds',
    where: ({ call, code }) => (call ?? '').startsWith('push_') && code === 'ok',
  },
  handoff: { metric: 'longwire_router_handoff_seconds' },
  ack: { metric: 'longwire_cm_ack_seconds' },
  receiptRuns: { metric: 'longwire_receipt_transaction_seconds' },
  apiToRedis: answered(
    'user-redis',
    ...['reserve', 'settle', 'release', 'status', 'tokenRevoked', 'countRate', 'takeQuota', 'returnQuota'],
  ),
  apiToMysql: answered(
    'user-mysql',
    ...['saveTask', 'savedTask', 'markStopped', 'saveSchedules', 'scheduleOf', 'cancelSchedule', 'devices'],
    ...['deviceDetails', 'aliasesOf', 'cidsOf', 'tagsOf', 'tagCount', 'taskCounts', 'setTags', 'bindAliases'],
  ),
  routerToRedis: answered('user-redis', 'enqueue', 'enqueueAll', 'appendBroadcasts'),
  routerToCm: answered('cm', 'deliver', 'hint', 'tail'),
  plannerToMysql: answered(
    'user-mysql',
    ...['claimSchedules', 'finishSchedules', 'openTagJob', 'claimTagJobs', 'advanceTagJob', 'holdTagJob'],
    ...['finishTagJob', 'tagPage', 'stoppedTasks'],
  ),
  cmToRedis: answered(
    'user-redis',
    'attach',
    'detach',
    'pull',
    'ack',
    'renewLease',
    'claimNonce',
    'broadcastsAfter',
    'broadcastBodies',
  ),
  cmToMysql: answered('user-mysql', 'registerDevices', 'setChannel', 'noteOnline', 'blacklisted'),
} satisfies Record<string, Figure>;
export type HistogramName = keyof typeof histograms;

export const counterNames = Object.keys(counters) as CounterName[];
export const gaugeNames = Object.keys(gauges) as GaugeName[];
export const histogramNames = Object.keys(histograms) as HistogramName[];

/** Groups of the bus whose lag is told, and the kind of topic that each reads. */
export const topicOfGroup: Record<string, string> = {
  router: 'route',
  broadcaster: 'broadcast',
  planner: 'task',
  callback: 'receipt',
  channel: 'channel',
  statistics: 'receipt',
};
export const lagMetric = 'longwire_bus_lag_records';

type Adds = { kind: 'counter' | 'gauge' | 'histogram'; name: string; where: Figure['where'] };

/** What each line of a page adds to, by the name at its beginning. Other lines are not read. */
export const addsOf: ReadonlyMap<string, Adds[]> = (() => {
  const found = new Map<string, Adds[]>();
  const add = (line: string, adds: Adds): void => void found.set(line, [...(found.get(line) ?? []), adds]);
  const all = <Name extends string>(figures: Record<Name, Figure>) => Object.entries<Figure>(figures);
  for (const [name, { metric, where }] of all(counters)) add(metric, { kind: 'counter', name, where });
  for (const [name, { metric, where }] of all(gauges)) add(metric, { kind: 'gauge', name, where });
  for (const [name, { metric, where }] of all(histograms)) add(`${metric}_bucket`, { kind: 'histogram', name, where });
  return found;
})();
