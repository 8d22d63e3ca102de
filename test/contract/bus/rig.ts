import { type Logger, pino } from 'pino';
import type { Bus } from '../../../services/common/bus/bus.ts';
import { openRedisBus } from '../../../services/common/bus/redis-streams/redis-bus.ts';

/** How to reach a bus, as data, so that a child process can be told. Leases and sessions are short, to keep the suite quick. */
export type BusSpec = { kind: 'redis'; url: string };

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

/** How long a consumer that died keeps its partitions, at the most. */
export const takeoverMs = 6_000;
export const publishDeadlineMs = 3_000;

export function openSpec(spec: BusSpec, log: Logger = pino({ level: 'silent' })): Promise<Bus> {
  return openRedisBus({ url: spec.url, deadlineMs: publishDeadlineMs, leaseMs: 1_500, heartbeatMs: 300 }, log);
}
