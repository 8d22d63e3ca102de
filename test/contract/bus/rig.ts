import { type Logger, pino } from 'pino';
import type { Bus } from '../../../services/common/bus/bus.ts';
import { openKafkaBus } from '../../../services/common/bus/kafka/kafka-bus.ts';
import { openRedisBus } from '../../../services/common/bus/redis-streams/redis-bus.ts';

/** How to reach a bus, as data, so that a child process can be told. */
export type BusSpec = { kind: 'redis'; url: string } | { kind: 'kafka'; brokers: string[] };

/** A real server of one adapter. */
export interface BusRig {
  spec: BusSpec;
  /** Ends the server with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with its data, on the same port. */
  start(): Promise<void>;
  /** Ends it and forgets the data. */
  close(): Promise<void>;
}

export const publishDeadlineMs = 3_000;

/** Leases and sessions are short here, to keep the suite quick. */
export function openSpec(spec: BusSpec, log: Logger = pino({ level: 'silent' })): Promise<Bus> {
  const deadlineMs = publishDeadlineMs;
  switch (spec.kind) {
    case 'redis':
      return openRedisBus({ url: spec.url, deadlineMs, leaseMs: 2_000, heartbeatMs: 400 }, log);
    case 'kafka':
      return openKafkaBus({ brokers: spec.brokers, deadlineMs, sessionTimeoutMs: 6_000, heartbeatMs: 500 }, log);
  }
}
