import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

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
    targets: counter('targets', 'Devices that messages were stored for', ['outcome']),
    handoffs: counter('handoffs', 'Batches handed to CM nodes', ['outcome']),
    replays: counter('replays', 'Partitions read again', ['reason']),
    batchSeconds: new Histogram({
      name: 'longwire_router_batch_seconds',
      help: 'Time to store, hand over and count one batch, seconds',
      buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
      registers,
    }),
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
