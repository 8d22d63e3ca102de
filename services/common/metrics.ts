import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { readCgroup } from './cgroup/edges/read-cgroup.ts';
import { type CgroupMetric, cgroupMetrics, cgroupValues } from './cgroup/metrics.ts';

/** How often the event loop's delay is looked at, ms, which the figures include. Every 10 ms took 0.2 % of a core of each idle role. */
export const eventLoopSampleMs = 100;

/** A registry for one process, with Node's own figures and its cgroup's; each service adds its own in its `metrics.ts`. */
export function createRegistry(role: string, instance: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role, instance });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSampleMs });
  observeCgroup(registry);
  return registry;
}

/** Only the role itself sees these in a pod whose containers share no processes. */
function observeCgroup(registry: Registry): void {
  const now = (name: CgroupMetric): number | undefined => cgroupValues(readCgroup('self'))[name];
  for (const [name, help] of Object.entries(cgroupMetrics) as [CgroupMetric, string][]) {
    // What this machine doesn't say has no metric; it isn't asked again.
    if (now(name) === undefined) continue;
    if (name.endsWith('_total')) {
      const counter = new Counter({
        ...{ name, help, registers: [registry] },
        collect() {
          counter.reset();
          counter.inc(now(name) ?? 0);
        },
      });
    } else {
      const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(now(name) ?? 0) });
    }
  }
}

/** Of the time that a message takes for a part of its way, seconds. */
export const wayBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A histogram of the internal calls a service answers, to be given to `serveCalls` as `observe`. */
export function observeCalls(registry: Registry): (call: string, seconds: number, ok: boolean) => void {
  const seconds = new Histogram({
    name: 'longwire_call_seconds',
    help: 'Time to answer an internal call, seconds',
    labelNames: ['call', 'outcome'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry],
  });
  return (call, elapsed, ok) => seconds.observe({ call, outcome: ok ? 'ok' : 'failed' }, elapsed);
}
