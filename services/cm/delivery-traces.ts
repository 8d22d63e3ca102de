import type { PushTraces } from '../common/tracing/push-traces.ts';
import { isSingle } from '../common/tracing/trace-ids.ts';

interface Who {
  cid: string;
}

/** Deliveries under way that are remembered; of more the oldest leaves no span. */
const maxUnderWay = 10_000;

/**
 * Spans from socket to ack. Of pushes to one device or a few alone: one to an app has as many deliveries as it has devices.
 */
export class DeliveryTraces {
  #traces: PushTraces;
  #now: () => number;
  /** When it was written, by device and task. */
  #sentAt = new Map<string, number>();

  constructor(traces: PushTraces, now: () => number) {
    this.#traces = traces;
    this.#now = now;
  }

  sent({ cid }: Who, tasks: string[]): void {
    for (const task of tasks) {
      if (!isSingle(task) || !this.#traces.samples(task)) continue;
      const key = `${cid} ${task}`;
      this.#sentAt.delete(key);
      this.#sentAt.set(key, this.#now());
      if (this.#sentAt.size > maxUnderWay) this.#sentAt.delete(this.#sentAt.keys().next().value!);
    }
  }

  acked({ cid }: Who, tasks: string[]): void {
    if (this.#sentAt.size === 0) return;
    for (const task of tasks) {
      const key = `${cid} ${task}`;
      const sentAt = this.#sentAt.get(key);
      if (sentAt === undefined) continue;
      this.#sentAt.delete(key);
      this.#traces.record('deliver', task, sentAt, { 'longwire.cid': cid });
    }
  }
}
