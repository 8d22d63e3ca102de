import type { PushTraces } from '../common/tracing/push-traces.ts';
import { isSingle } from '../common/tracing/trace-ids.ts';

export interface DeliveryTimesDeps {
  /** Told how long a delivery took, seconds. */
  took: (seconds: number) => void;
  /** Undefined where tracing is off. */
  traces: PushTraces | undefined;
  /** ms since the Unix epoch. */
  now: () => number;
}

interface Who {
  cid: string;
}

/** Deliveries under way whose beginning is remembered; of more the oldest are not measured. */
const maxUnderWay = 10_000;

/**
 * How long deliveries take, from the socket to the ack. Of pushes to one device or a few alone: one to an app has as many
 * deliveries as it has devices.
 */
export class DeliveryTimes {
  #deps: DeliveryTimesDeps;
  /** When it was last written, by device and task. */
  #sentAt = new Map<string, number>();

  constructor(deps: DeliveryTimesDeps) {
    this.#deps = deps;
  }

  sent({ cid }: Who, tasks: string[]): void {
    for (const task of tasks) {
      if (!isSingle(task)) continue;
      const key = `${cid} ${task}`;
      this.#sentAt.delete(key);
      this.#sentAt.set(key, this.#deps.now());
      if (this.#sentAt.size > maxUnderWay) this.#sentAt.delete(this.#sentAt.keys().next().value!);
    }
  }

  acked({ cid }: Who, tasks: string[]): void {
    const { took, traces, now } = this.#deps;
    if (this.#sentAt.size === 0) return;
    for (const task of tasks) {
      const key = `${cid} ${task}`;
      const sentAt = this.#sentAt.get(key);
      if (sentAt === undefined) continue;
      this.#sentAt.delete(key);
      took((now() - sentAt) / 1_000);
      traces?.record('deliver', task, sentAt, { 'longwire.cid': cid });
    }
  }
}
