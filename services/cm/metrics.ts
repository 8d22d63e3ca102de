import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { observeCalls, wayBuckets } from '../common/metrics.ts';
import { refusals } from './entry-limits.ts';
import type { Gateway } from './gateway.ts';

export const reasonsToLeave = ['drain', 'rebalance', 'bus_lost'] as const;

export type CmMetrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry, gateway: () => Pick<Gateway, 'counts' | 'limit'>) {
  const registers = [registry];
  new Gauge({
    name: 'longwire_cm_connections',
    help: 'Device connections',
    labelNames: ['state'],
    registers,
    collect() {
      const { all, live } = gateway().counts();
      this.set({ state: 'live' }, live);
      this.set({ state: 'not_logged_in' }, all - live);
    },
  });
  new Gauge({
    name: 'longwire_cm_connections_limit',
    help: 'Device connections at the most',
    registers,
    collect() {
      this.set(gateway().limit);
    },
  });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `longwire_cm_${name}_total`, help, labelNames, registers });
  const refused = counter(
    'refused',
    'Connections, registrations and logins refused by a limit of their address or app',
    ['what'],
  );
  for (const what of refusals) refused.inc({ what }, 0);
  const sentAway = counter('sent_away', 'Connections that were told to come back elsewhere, or closed for that', [
    'reason',
  ]);
  for (const reason of reasonsToLeave) sentAway.inc({ reason }, 0);
  return {
    refused,
    sentAway,
    rebalanceRounds: counter('rebalance_rounds', 'Rounds in which this node looked how even all are', ['state']),
    observeCall: observeCalls(registry),
    pushes: counter('pushes', 'Push frames written to sockets'),
    acked: counter('acked', 'Pushes acknowledged by devices'),
    ackSeconds: new Histogram({
      name: 'longwire_cm_ack_seconds',
      help: 'From a single push’s frame on the socket to the device’s ack, seconds',
      buckets: wayBuckets,
      registers,
    }),
    pulls: counter('pulls', 'Reads of a device’s queue'),
    badPositions: counter('bad_positions', 'Positions of devices beyond the highest that there is', ['field']),
    replaced: counter('replaced', 'Connections replaced by a later login of their cid'),
    fights: counter('fights', 'Times that clients of one cid began to replace each other again and again'),
    logins: counter('logins', 'Logins', ['outcome']),
    closes: counter('closes', 'Connections closed, by close code', ['code']),
    receiptsDropped: counter('receipts_dropped', 'Receipts that the bus could not take in time'),
    reattached: counter('reattached', 'Routes set anew', ['outcome']),
  };
}
