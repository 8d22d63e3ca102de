import type { CgroupFigures } from '../common/cgroup/figures.ts';
import { cgroupMetrics, cgroupValues } from '../common/cgroup/metrics.ts';
import { hungFaults } from '../common/hung/judgement.ts';
import { failureReasons } from './core/outcome.ts';
import { labelsOf, type Sample } from './core/series.ts';

/**
 * Every metric of the agent's own. They go out in the stream of the role that it stands beside, with that role's labels. Those
 * of the process and the cgroup are the role's, and are there as well while the role can't answer.
 */
export const agentMetrics = {
  longwire_agent_target_up: '1 if the metrics page of the role was read, 0 if not',
  longwire_agent_target_hung: '1 while the role hangs',
  longwire_agent_target_fault: '1 for the fault that the last look at the role has found',
  longwire_agent_scrape_seconds: 'Time that reading the metrics page took, seconds',
  longwire_agent_scrape_samples: 'Samples on the metrics page',
  longwire_agent_dropped_samples_total: 'Samples that were never delivered: the buffer was full, or they were refused',
  longwire_agent_push_failures_total: 'Pushes that the main service did not take, by reason',
  longwire_agent_buffered_samples: 'Samples that wait for the main service',
  longwire_agent_buffered_bytes: 'Bytes that wait for the main service',
  longwire_agent_cpu_seconds_total: 'CPU time of the agent itself, seconds',
  longwire_agent_resident_memory_bytes: 'Memory of the agent itself, bytes',
  longwire_process_cpu_seconds_total: 'CPU time of the process of the role, seconds',
  longwire_process_resident_memory_bytes: 'Memory of the process of the role, bytes',
  longwire_process_threads: 'Threads of the process of the role',
  longwire_process_state: '1 for the state that the kernel has the process of the role in',
  ...cgroupMetrics,
} as const;
export type AgentMetric = keyof typeof agentMetrics;

/** `disk`: waiting where no signal reaches it. */
export const processStates = ['running', 'sleeping', 'disk', 'stopped', 'zombie', 'other'] as const;

export interface ProcessFigures {
  state: (typeof processStates)[number];
  cpuSeconds: number;
  residentBytes: number;
  threads: number;
}

export interface Figures {
  up: boolean;
  hung: boolean;
  fault: (typeof hungFaults)[number] | undefined;
  scrape: { seconds: number; samples: number } | undefined;
  dropped: number;
  failures: Record<(typeof failureReasons)[number], number>;
  buffered: { samples: number; bytes: number };
  self: { cpuSeconds: number; residentBytes: number };
  process: ProcessFigures | undefined;
  cgroup: CgroupFigures;
}

/** The figures as samples with `base`, the labels of the role. What is unknown is left out. */
export function samplesOf(figures: Figures, base: Record<string, string>): Sample[] {
  const { process, cgroup, scrape, buffered, self } = figures;
  return [
    one('longwire_agent_target_up', Number(figures.up)),
    one('longwire_agent_target_hung', Number(figures.hung)),
    ...each('longwire_agent_target_fault', 'fault', hungFaults, (fault) => Number(fault === figures.fault)),
    one('longwire_agent_scrape_seconds', scrape?.seconds),
    one('longwire_agent_scrape_samples', scrape?.samples),
    one('longwire_agent_dropped_samples_total', figures.dropped),
    ...each('longwire_agent_push_failures_total', 'reason', failureReasons, (reason) => figures.failures[reason]),
    one('longwire_agent_buffered_samples', buffered.samples),
    one('longwire_agent_buffered_bytes', buffered.bytes),
    one('longwire_agent_cpu_seconds_total', self.cpuSeconds),
    one('longwire_agent_resident_memory_bytes', self.residentBytes),
    one('longwire_process_cpu_seconds_total', process?.cpuSeconds),
    one('longwire_process_resident_memory_bytes', process?.residentBytes),
    one('longwire_process_threads', process?.threads),
    ...(process
      ? each('longwire_process_state', 'state', processStates, (state) => Number(state === process.state))
      : []),
    ...Object.entries(cgroupValues(cgroup)).map(([name, value]) => one(name as AgentMetric, value)),
  ].flatMap((sample) => sample ?? []);

  function one(name: AgentMetric, value: number | undefined, labels: Record<string, string> = {}): Sample | undefined {
    return value === undefined ? undefined : { labels: labelsOf(name, { ...base, ...labels }), value };
  }

  function each<Value extends string>(
    name: AgentMetric,
    label: string,
    values: readonly Value[],
    figureOf: (value: Value) => number,
  ) {
    return values.map((value) => one(name, figureOf(value), { [label]: value }));
  }
}
