import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** A registry for one process, with Node's own figures; each service adds its own in its `metrics.ts`. */
export function createRegistry(role: string, instance: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role, instance });
  collectDefaultMetrics({ register: registry });
  return registry;
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
