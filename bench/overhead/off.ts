import { DeliveryTimes } from '../../services/cm/delivery-times.ts';
import { singleTaskId } from '../../services/common/protocol/task-ids.ts';
import type { PushTraces } from '../../services/common/tracing/push-traces.ts';

const rounds = 2_000_000;

/** What tracing adds to a message while it is off: the calls that aren't made, and cm's clock of deliveries, which metrics need as well. ns each. */
export function costOfOff(): { recordNs: number; deliveryTimesNs: number } {
  const tasks = Array.from({ length: 1_024 }, (_, index) => singleTaskId('app', `r${index}`, '1124'));
  const off: { traces?: PushTraces | undefined }[] = [{ traces: undefined }, {}];
  let calls = 0;
  const record = (round: number): void => {
    off[round & 1]!.traces?.record('route', tasks[round & 1_023]!, calls++);
  };
  const times = new DeliveryTimes({ took: () => calls++, traces: undefined, now: Date.now });
  const cid = 'c'.repeat(32);
  const deliver = (round: number): void => {
    times.acked(cid, [{ seq: round, task: tasks[round & 1_023]!, at: Date.now() }]);
  };
  return { recordNs: nsOf(record), deliveryTimesNs: nsOf(deliver) };
}

function nsOf(work: (round: number) => void): number {
  for (let round = 0; round < rounds / 4; round++) work(round);
  const begunMs = performance.now();
  for (let round = 0; round < rounds; round++) work(round);
  return ((performance.now() - begunMs) * 1e6) / rounds;
}
