import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type ConsoleMetrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry) {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'longwire_console_call_seconds',
    help: 'Time to answer a call of the console, seconds',
    labelNames: ['call', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const readers = new Gauge({
    name: 'longwire_console_live_readers',
    help: 'Pages that look on by server-sent events',
    registers,
  });
  const signIns = new Counter({
    name: 'longwire_console_sign_ins_total',
    help: 'Tries to sign in, by how they ended',
    labelNames: ['outcome'],
    registers,
  });
  const summed = new Counter({
    name: 'longwire_console_audit_summed_total',
    help: 'Attempts without a row of their own in the audit log, as there were too many at once: a row has their number',
    registers,
  });
  return {
    answered: (call: string, status: number, elapsed: number): void =>
      seconds.observe({ call, status: String(status) }, elapsed),
    readers: (count: number): void => readers.set(count),
    signedIn: (outcome: 'done' | 'refused' | 'locked'): void => signIns.inc({ outcome }),
    summed: (): void => summed.inc(),
  };
}
