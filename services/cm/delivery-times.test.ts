import { expect, test } from 'vitest';
import { broadcastTaskId, singleTaskId } from '../common/protocol/task-ids.ts';
import { DeliveryTimes } from './delivery-times.ts';

const single = (name: string): string => singleTaskId('app', name, '1124');

function measuring() {
  const recorded: { name: string; task: string; startMs: number; cid: unknown }[] = [];
  const took: number[] = [];
  let nowMs = 1_000;
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

test('a delivery is measured and recorded at its ack, from when it was last written', () => {
  const { times, recorded, took } = measuring();
  times.sent({ cid: 'a' }, [single('1'), single('2')]);
  times.sent({ cid: 'a' }, [single('1')]);
  times.acked({ cid: 'b' }, [single('1')]);
  times.acked({ cid: 'a' }, [single('1'), single('1'), single('3')]);
  expect(recorded).toEqual([{ name: 'deliver', task: single('1'), startMs: 1_002, cid: 'a' }]);
  expect(took).toEqual([0.001]);
});

test('pushes to a whole app are left out', () => {
  const { times, recorded, took } = measuring();
  const tasks = [broadcastTaskId('app', '1', '1124')];
  times.sent({ cid: 'a' }, tasks);
  times.acked({ cid: 'a' }, tasks);
  expect(recorded).toEqual([]);
  expect(took).toEqual([]);
});

test('of more than 10,000 under way the oldest is forgotten', () => {
  const { times, took } = measuring();
  for (let index = 0; index <= 10_000; index++) times.sent({ cid: `c${index}` }, [single('1')]);
  times.acked({ cid: 'c0' }, [single('1')]);
  expect(took).toEqual([]);
  times.acked({ cid: 'c1' }, [single('1')]);
  expect(took).toHaveLength(1);
});
