import { Gauge, type Registry } from 'prom-client';
import type { Bus } from './bus.ts';

/** What every role with a bus tells of it. */
export function observeBus(registry: Registry, bus: Pick<Bus, 'healthy'>): void {
  new Gauge({
    name: 'longwire_bus_up',
    help: '1 while the bus answers this instance',
    registers: [registry],
    collect() {
      this.set(Number(bus.healthy()));
    },
  });
}
