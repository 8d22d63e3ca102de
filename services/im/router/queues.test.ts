import { expect, test } from 'vitest';
import { LongwireError } from '../../common/errors.ts';
import type { EnqueueRequest, EnqueueResponse } from '../../common/protocol/user-redis-calls.ts';
import { Queues } from './queues.ts';

const batch = (partition: number): EnqueueRequest => ({ partition, records: [] });
const answer: EnqueueResponse = { view: 'ready', results: [] };

/** A user-redis that notes which partitions each call names; one that is at fault makes its call fail. */
function rig() {
  const state = {
    calls: [] as number[][],
    fault: undefined as { partition: number; error: LongwireError } | undefined,
    /** It is of the version before. */
    isOld: false,
    nowMs: 0,
  };
  const store = (batches: EnqueueRequest[]): EnqueueResponse[] => {
    state.calls.push(batches.map(({ partition }) => partition));
    const { fault } = state;
    if (fault && batches.some(({ partition }) => partition === fault.partition)) throw fault.error;
    return batches.map(() => answer);
  };
  const calls = {
    enqueue: async (one: EnqueueRequest) => store([one])[0]!,
    async enqueueAll({ items }: { items: EnqueueRequest[] }) {
      if (state.isOld) throw new LongwireError('not_found', 'no such call');
      return { results: store(items) };
    },
  };
  return { state, queues: new Queues(calls, () => state.nowMs) };
}

test('batches of several partitions are one call, and one alone is one', async () => {
  const { state, queues } = rig();
  expect(await queues.enqueue([batch(1), batch(2)])).toEqual([answer, answer]);
  expect(await queues.enqueue([batch(3)])).toEqual([answer]);
  expect(state.calls).toEqual([[1, 2], [3]]);
});

test('a batch that fails by what is in it fails alone', async () => {
  for (const code of ['bad_request', 'too_large', 'internal'] as const) {
    const { state, queues } = rig();
    const error = new LongwireError(code, 'no');
    state.fault = { partition: 2, error };
    expect(await queues.enqueue([batch(1), batch(2), batch(3)])).toEqual([answer, error, answer]);
    expect(state.calls).toEqual([[1, 2, 3], [1], [2], [3]]);
  }
});

test('while user-redis is away all fail, and none is asked for again alone', async () => {
  for (const code of ['unavailable', 'timeout', 'overloaded'] as const) {
    const { state, queues } = rig();
    const error = new LongwireError(code, 'away');
    state.fault = { partition: 1, error };
    expect(await queues.enqueue([batch(1), batch(2)])).toEqual([error, error]);
    expect(state.calls).toEqual([[1, 2]]);
  }
});

test('a version before is called for each batch, and asked whether it knows all at once half a minute later', async () => {
  const { state, queues } = rig();
  state.isOld = true;
  expect(await queues.enqueue([batch(1), batch(2)])).toEqual([answer, answer]);
  state.isOld = false;
  state.nowMs = 29_999;
  await queues.enqueue([batch(1), batch(2)]);
  expect(state.calls).toEqual([[1], [2], [1], [2]]);
  state.nowMs = 30_000;
  await queues.enqueue([batch(1), batch(2)]);
  expect(state.calls.at(-1)).toEqual([1, 2]);
});
