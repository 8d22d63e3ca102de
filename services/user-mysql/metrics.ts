import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { observeCalls } from '../common/metrics.ts';
import type { ReceiptObserver } from './receipts.ts';

/** What is asked when the metrics are read. */
export interface Readings {
  mysqlUp: () => boolean;
  /** Pieces of work that hold a connection of a pool or wait for one. */
  busy: () => { calls: number; receipts: number };
  /** Receipts not applied yet, per partition. */
  lag: () => Promise<Map<number, number>>;
}

export function createMetrics(registry: Registry, readings: Readings) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_mysql_up',
    help: '1 while MySQL answers',
    registers,
    collect() {
      this.set(readings.mysqlUp() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'longwire_mysql_busy',
    help: 'Work that holds a connection to MySQL or waits for one',
    labelNames: ['pool'],
    registers,
    collect() {
      const { calls, receipts } = readings.busy();
      this.set({ pool: 'calls' }, calls);
      this.set({ pool: 'receipts' }, receipts);
    },
  });
  new Gauge({
    name: 'longwire_receipts_lag',
    help: 'Receipts on the bus that are not applied yet; absent while the bus is away',
    labelNames: ['partition'],
    registers,
    async collect() {
      this.reset();
      // The other figures are worth reading without this one.
      const lag = await readings.lag().catch(() => new Map<number, number>());
      for (const [partition, records] of lag) this.set({ partition }, records);
    },
  });
  const records = new Counter({
    name: 'longwire_receipt_records_total',
    help: 'Records read from the receipts topic',
    labelNames: ['outcome'],
    registers,
  });
  const events = new Counter({
    name: 'longwire_receipt_events_total',
    help: 'Events counted for the first time',
    labelNames: ['event'],
    registers,
  });
  const late = new Counter({
    name: 'longwire_receipt_events_late_total',
    help: 'Events of days that are kept no more, not counted',
    registers,
  });
  const seconds = new Histogram({
    name: 'longwire_receipt_transaction_seconds',
    help: 'Time to apply one run of receipts, seconds',
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const receipts: ReceiptObserver = {
    records: (outcome, count) => records.inc({ outcome }, count),
    counted(counted) {
      for (const [event, count] of Object.entries(counted)) events.inc({ event }, count);
    },
    late: (count) => late.inc(count),
    transaction: (elapsed) => seconds.observe(elapsed),
  };
  return { observeCall: observeCalls(registry), receipts };
}
