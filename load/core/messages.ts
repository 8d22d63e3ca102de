import type { Counts } from './counts.ts';
import type { FanOut, FanOutOutcome } from './fan-out-account.ts';
import type { Kind } from './mix.ts';
import type { Shape } from './options.ts';
import type { Target } from './target.ts';

/** What a worker has to do. Comes over the channel, so that secrets are in no argument and no environment. */
export interface WorkerTask {
  worker: number;
  target: Target;
  token: string;
  run: string;
  shape: Shape;
  /** Its devices: those of this many that have its number as the rest of a division by the number of workers. */
  workers: number;
}

export type ToWorker =
  | { t: 'task'; task: WorkerTask }
  /** Both are µs of the machine's monotonic clock. */
  | { t: 'push'; fromUs: number; untilUs: number }
  | { t: 'stop' }
  | { t: 'fanOut'; push: FanOut; outcome: FanOutOutcome }
  /** Settle, tell the last figures, and end. */
  | { t: 'finish' };

/** Latencies since the last tick, encoded; only those with samples. */
export interface EncodedLatencies {
  accept?: string | undefined;
  connect?: string | undefined;
  /** Due until sent: what the tool itself was late. */
  send?: string | undefined;
  delivery: Partial<Record<Kind, string>>;
}

export interface Tick {
  counts: Counts;
  latencies: EncodedLatencies;
  /** Devices that are logged in, and those that have done all that the set-up asks. */
  connected: number;
  ready: number;
  /** Devices that have given up before that. */
  stopped: number;
  /** Pushes without an answer yet. */
  inFlight: number;
  /** Accepted messages that have not arrived, each device counted. */
  outstanding: number;
}

export type FromWorker =
  | { t: 'tick'; tick: Tick; last: boolean }
  | { t: 'fanOut'; push: FanOut; outcome: FanOutOutcome };
