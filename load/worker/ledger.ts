import type { PushFrame } from '../../sdk/src/frames.ts';
import type { Counts } from '../core/counts.ts';
import { DirectAccount } from '../core/direct-account.ts';
import { FanOutAccount } from '../core/fan-out-account.ts';
import type { Latency } from '../core/latency.ts';
import { fanOutKinds, type Kind, kinds } from '../core/mix.ts';
import { decodePayload } from '../core/payload.ts';
import { fanOutTtlMs } from '../core/push-bodies.ts';
import { nowUs } from '../edges/clock.ts';

/** Messages to single devices that have not arrived, over all workers; past that a push is skipped. */
const maxDirectMessages = 2_000_000;
/** A copy that comes later than this after the ttl is not known as one. */
const keepAfterTtlMs = 60_000;

/** What was pushed against what arrived, for the devices of one worker. */
export class Ledger {
  readonly direct: DirectAccount;
  readonly fanOut: FanOutAccount;
  #run: string;
  #worker: number;
  #counts: Counts;
  #delivery: Record<Kind, Latency>;

  constructor(
    { run, worker, workers }: { run: string; worker: number; workers: number },
    devices: { length: number; groupOf: (device: number) => number | undefined },
    counts: Counts,
    delivery: Record<Kind, Latency>,
  ) {
    this.#run = run;
    this.#worker = worker;
    this.#counts = counts;
    this.#delivery = delivery;
    this.direct = new DirectAccount(devices.length, Math.ceil(maxDirectMessages / workers));
    this.fanOut = new FanOutAccount(devices.length, devices.groupOf, (fanOutTtlMs + keepAfterTtlMs) * 1_000);
  }

  get outstanding(): number {
    return this.direct.outstanding + this.fanOut.outstanding;
  }

  /** A message that the device's app hasn't had. */
  arrived(device: number, { transmission }: PushFrame): void {
    const payload = decodePayload(transmission ?? '', this.#run);
    if (!payload) {
      this.#counts.foreign++;
      return;
    }
    const now = nowUs();
    const { kind, sender, number, group, dueUs } = payload;
    let isFirst: boolean;
    if (fanOutKinds.includes(kind)) isFirst = this.fanOut.arrived({ sender, number, kind, group }, device, now);
    else if (sender === this.#worker) isFirst = this.direct.arrived(number, device);
    else {
      // A message to a device of another worker.
      this.direct.faults.strays++;
      return;
    }
    if (isFirst) this.#delivery[kind].record(now - dueUs);
  }

  /** Copies what the accounts know into the counts. */
  tell(): void {
    for (const kind of kinds) {
      this.#counts.messages[kind] = fanOutKinds.includes(kind) ? this.fanOut.counts[kind] : this.direct.counts[kind];
    }
    for (const name of ['duplicates', 'outOfOrder', 'strays'] as const) {
      this.#counts[name] = this.direct.faults[name] + this.fanOut.faults[name];
    }
  }

  settle(): void {
    this.direct.settle();
    this.fanOut.settle();
  }
}
