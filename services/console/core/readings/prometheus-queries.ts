import type { HistorySeries } from '../../calls/overview.ts';

/** Pages are read every 15 s: a minute holds four points at the least. */
const window = '1m';

/** The same figures as the console makes of metrics pages itself, asked of a Prometheus. @param line product line; undefined: whatever there is */
export function prometheusQuery(series: HistorySeries, line: string | undefined): string {
  const of = (metric: string, ...matchers: string[]): string => {
    const all = line === undefined ? matchers : [`product_line="${line}"`, ...matchers];
    return all.length === 0 ? metric : `${metric}{${all.join(',')}}`;
  };
  const rate = (metric: string, ...matchers: string[]): string => `sum(rate(${of(metric, ...matchers)}[${window}]))`;
  const quantileMs = (share: number, metric: string, ...matchers: string[]): string =>
    `1000 * histogram_quantile(${share}, sum by (le) (rate(${of(`${metric}_bucket`, ...matchers)}[${window}])))`;
  const cpu = (role: string): string => rate('process_cpu_seconds_total', `role="${role}"`);
  const push = ['call=~"push_.*"', 'code="ok"'];
  switch (series) {
    case 'connections':
      return `sum(${of('longwire_cm_connections', 'state="live"')})`;
    case 'loginsPerS':
      return rate('longwire_cm_logins_total', 'outcome="ok"');
    case 'callsPerS':
      return rate('longwire_api_request_seconds_count');
    case 'acceptedPerS':
      return rate('longwire_api_push_targets_total');
    case 'deliveredPerS':
      return rate('longwire_cm_pushes_total');
    case 'ackedPerS':
      return rate('longwire_cm_acked_total');
    case 'acceptP50Ms':
      return quantileMs(0.5, 'longwire_api_request_seconds', ...push);
    case 'acceptP99Ms':
      return quantileMs(0.99, 'longwire_api_request_seconds', ...push);
    case 'deliveryP50Ms':
      return quantileMs(0.5, 'longwire_router_handoff_seconds');
    case 'deliveryP99Ms':
      return quantileMs(0.99, 'longwire_router_handoff_seconds');
    case 'ackP50Ms':
      return quantileMs(0.5, 'longwire_cm_ack_seconds');
    case 'ackP99Ms':
      return quantileMs(0.99, 'longwire_cm_ack_seconds');
    case 'busLag':
      return `sum(max by (group) (${of('longwire_bus_lag_records')})) + (max(sum by (instance) (${of('longwire_receipts_lag')})) or vector(0))`;
    case 'replaying':
      return `sum(${of('longwire_router_partitions', 'state="replaying"')})`;
    case 'cpuIm':
      return cpu('im');
    case 'cpuCm':
      return cpu('cm');
    case 'cpuUserRedis':
      return cpu('user-redis');
    case 'cpuUserMysql':
      return cpu('user-mysql');
    case 'instancesReady':
      return `count(${of('longwire_agent_target_up')} == 1)`;
    case 'instancesHung':
      return `sum(${of('longwire_agent_target_hung')})`;
  }
}
