import { expect, test } from 'vitest';
import { broadcastTaskId, singleTaskId } from '../common/protocol/task-ids.ts';
import { DeliveryTimes } from './delivery-times.ts';

const single = (name: string): string => singleTaskId('app', name, '1124');

function measuring() {
  const recorded: { name: string; task: string; startMs: number; cid: unknown }[] = [];
  const took: number[] = [];
  let nowMs = 2_000;
  const times = new DeliveryTimes({
    took: (seconds) => took.push(seconds),
    traces: {
      samples: () => true,
      record: (name, task, startMs, attributes) =>
        recorded.push({ name, task, startMs, cid: attributes?.['longwire.cid'] }),
    },
    now: () => nowMs++,
  });
  return { times, recorded, took };
}

test('a delivery is measured and recorded at its ack, from when it was written', () => {
  const { times, recorded, took } = measuring();
  times.acked('a', [
    { seq: 1, task: single('1'), at: 1_500 },
    { seq: 2, task: single('2'), at: 1_990 },
  ]);
  expect(recorded).toEqual([
    { name: 'deliver', task: single('1'), startMs: 1_500, cid: 'a' },
    { name: 'deliver', task: single('2'), startMs: 1_990, cid: 'a' },
  ]);
  expect(took).toEqual([0.5, 0.011]);
});

test('pushes to a whole app are left out', () => {
  const { times, recorded, took } = measuring();
  times.acked('a', [{ seq: 1, task: broadcastTaskId('app', '1', '1124'), at: 1_500 }]);
  expect(recorded).toEqual([]);
  expect(took).toEqual([]);
});
