import { expect, test } from 'vitest';
import { broadcastTaskId, singleTaskId } from '../common/protocol/task-ids.ts';
import { DeliveryTraces } from './delivery-traces.ts';

const single = (name: string): string => singleTaskId('app', name, '1124');

function delivering(sampled: (task: string) => boolean = () => true) {
  const recorded: { name: string; task: string; startMs: number; cid: unknown }[] = [];
  let nowMs = 1_000;
  const traces = new DeliveryTraces(
    {
      samples: sampled,
      record: (name, task, startMs, attributes) =>
        recorded.push({ name, task, startMs, cid: attributes?.['longwire.cid'] }),
    },
    () => nowMs++,
  );
  return { traces, recorded };
}

test('a delivery is recorded at its ack, from when it was last written', () => {
  const { traces, recorded } = delivering();
  traces.sent({ cid: 'a' }, [single('1'), single('2')]);
  traces.sent({ cid: 'a' }, [single('1')]);
  traces.acked({ cid: 'b' }, [single('1')]);
  traces.acked({ cid: 'a' }, [single('1'), single('1'), single('3')]);
  expect(recorded).toEqual([{ name: 'deliver', task: single('1'), startMs: 1_002, cid: 'a' }]);
});

test('pushes to a whole app and tasks that are not sampled are left out', () => {
  const { traces, recorded } = delivering((task) => task !== single('1'));
  const tasks = [single('1'), broadcastTaskId('app', '1', '1124')];
  traces.sent({ cid: 'a' }, tasks);
  traces.acked({ cid: 'a' }, tasks);
  expect(recorded).toEqual([]);
});

test('of more than 10,000 under way the oldest is forgotten', () => {
  const { traces, recorded } = delivering();
  for (let index = 0; index <= 10_000; index++) traces.sent({ cid: `c${index}` }, [single('1')]);
  traces.acked({ cid: 'c0' }, [single('1')]);
  expect(recorded).toEqual([]);
  traces.acked({ cid: 'c1' }, [single('1')]);
  expect(recorded).toHaveLength(1);
});
