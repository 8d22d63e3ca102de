import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry for one process, with Node's own figures; each service adds its own in its `metrics.ts`. */
export function createRegistry(role: string, instance: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role, instance });
  collectDefaultMetrics({ register: registry });
  return registry;
}
