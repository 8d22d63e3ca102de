import type { PushTraces } from '../common/tracing/push-traces.ts';
import { isSingle } from '../common/tracing/trace-ids.ts';
import type { Sent } from './core/delivery.ts';

export interface DeliveryTimesDeps {
  /** Told how long a delivery took, seconds. */
  took: (seconds: number) => void;
  /** Undefined where tracing is off. */
  traces: PushTraces | undefined;
  /** ms since the Unix epoch. */
  now: () => number;
}

/**
 * How long deliveries take, from the socket to the ack. Of pushes to one device or a few alone: one to an app has as many
 * deliveries as it has devices.
 */
export class DeliveryTimes {
  #deps: DeliveryTimesDeps;

  constructor(deps: DeliveryTimesDeps) {
    this.#deps = deps;
  }

  acked(cid: string, sent: Sent[]): void {
    const { took, traces, now } = this.#deps;
    for (const { task, at } of sent) {
      if (!isSingle(task)) continue;
      took((now() - at) / 1_000);
      traces?.record('deliver', task, at, { 'longwire.cid': cid });
    }
  }
}
