import type { CgroupFigures } from './figures.ts';

/** Metrics of a role's cgroup: on the role's own page, and of the agent where it sees the process while the page can't be read. */
export const cgroupMetrics = {
  longwire_cgroup_cpu_seconds_total: 'CPU time of the cgroup of the role, seconds',
  longwire_cgroup_cpu_periods_total: 'Periods in which the cgroup wanted CPU',
  longwire_cgroup_cpu_throttled_periods_total: 'Periods in which the cgroup was throttled',
  longwire_cgroup_cpu_throttled_seconds_total: 'Time that the cgroup was throttled, seconds',
  longwire_cgroup_memory_bytes: 'Memory that is charged to the cgroup, bytes',
  longwire_cgroup_memory_limit_bytes: 'Limit of the memory of the cgroup, bytes',
  longwire_cgroup_oom_kills_total: 'Processes of the cgroup that were killed for want of memory',
} as const;
export type CgroupMetric = keyof typeof cgroupMetrics;

/** By metric; what is unknown is undefined. */
export function cgroupValues(cgroup: CgroupFigures): Record<CgroupMetric, number | undefined> {
  return {
    longwire_cgroup_cpu_seconds_total: cgroup.cpuSeconds,
    longwire_cgroup_cpu_periods_total: cgroup.periods,
    longwire_cgroup_cpu_throttled_periods_total: cgroup.throttledPeriods,
    longwire_cgroup_cpu_throttled_seconds_total: cgroup.throttledSeconds,
    longwire_cgroup_memory_bytes: cgroup.memoryBytes,
    longwire_cgroup_memory_limit_bytes: cgroup.memoryLimitBytes,
    longwire_cgroup_oom_kills_total: cgroup.oomKills,
  };
}
