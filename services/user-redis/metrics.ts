import { Counter, Gauge, type Registry } from 'prom-client';
import { observeCalls } from '../common/metrics.ts';

export function createMetrics(registry: Registry, storeOpen: () => boolean) {
  new Gauge({
    name: 'longwire_redis_up',
    help: '1 while the users’ Redis is connected',
    registers: [registry],
    collect() {
      this.set(storeOpen() ? 1 : 0);
    },
  });
  const forgotten = new Counter({
    name: 'longwire_redis_positions_forgotten_total',
    help: 'Devices that were known to have finished more than the bus holds, which was forgotten',
    registers: [registry],
  });
  return { observeCall: observeCalls(registry), forgotten };
}
