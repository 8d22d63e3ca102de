import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import type { NewRecord } from './bus/bus.ts';
import { LongwireError } from './errors.ts';
import type { ReceiptRecord } from './protocol/bus-records.ts';
import { partitionOf } from './protocol/positions.ts';
import { receiptPartitions } from './protocol/topics.ts';
import { type Receipt, ReceiptWriter } from './receipts.ts';

const cid = (index: number): string => index.toString(16).padStart(32, '0');

function sent(
  task: string,
  index: number | number[],
  more: Partial<Extract<Receipt, { kind: 'event' }>> = {},
): Receipt {
  return { kind: 'event', app: 'app', task, event: 'sent', at: 5, cids: [index].flat().map(cid), ...more };
}

const read = (records: NewRecord[]): ReceiptRecord[] => records.map(({ value }) => JSON.parse(value) as ReceiptRecord);

/** A bus that is away for as long as the test says. */
function rig(maxPending = 100) {
  const state = { fault: undefined as LongwireError | undefined, tries: 0, written: [] as ReceiptRecord[] };
  const publish = async (_topic: string, records: NewRecord[]): Promise<number[]> => {
    state.tries++;
    if (state.fault) throw state.fault;
    state.written.push(...read(records));
    return records.map(() => 0);
  };
  return { state, writer: new ReceiptWriter({ publish }, { topic: 't', gatherMs: 0, maxPending }) };
}

test('while the bus is away receipts wait, and then are written in their order', async () => {
  const { state, writer } = rig();
  state.fault = new LongwireError('unavailable', 'away');
  const first = writer.write(sent('a', 1));
  await waitFor('two tries', () => state.tries >= 2);
  const second = writer.write(sent('a', 2));
  state.fault = undefined;
  await Promise.all([first, second]);
  expect(state.written.map((record) => record.kind === 'event' && record.cids)).toEqual([[cid(1)], [cid(2)]]);
});

test('at the bound one more is refused as overloaded; a fault that does not pass is told', async () => {
  const { state, writer } = rig(1);
  state.fault = new LongwireError('too_large', 'no');
  const first = writer.write(sent('a', 1));
  await expect(writer.write(sent('a', 2))).rejects.toMatchObject({ code: 'overloaded' });
  await expect(first).rejects.toMatchObject({ code: 'too_large' });
});

test('the bound counts devices: a receipt of more than there is room for is refused whole', async () => {
  const { state, writer } = rig(10);
  await expect(writer.write(sent('a', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]))).rejects.toMatchObject({
    code: 'overloaded',
  });
  await writer.write(sent('a', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  expect(state.written).toHaveLength(1);
});

test('close gives up what waits, and drained then resolves', async () => {
  const { state, writer } = rig();
  state.fault = new LongwireError('unavailable', 'away');
  const waiting = writer.write(sent('a', 1));
  const outcome = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await waitFor('a try', () => state.tries >= 1);
  writer.close();
  await outcome;
  await writer.drained();
});

/** Tasks of two partitions, of which the first is away. */
function halfAway(maxPending = 100) {
  const tasks = Array.from({ length: 40 }, (_none, index) => `task${index}`);
  const gone = partitionOf(tasks[0]!, receiptPartitions);
  const other = tasks.find((task) => partitionOf(task, receiptPartitions) !== gone)!;
  const state = { away: true, tries: [] as number[], dropped: 0, written: [] as number[] };
  const publish = async (_topic: string, records: NewRecord[]): Promise<number[]> => {
    for (const { partition } of records) state.tries.push(partition);
    if (state.away && records.some(({ partition }) => partition === gone))
      throw new LongwireError('unavailable', 'away');
    for (const { partition } of records) state.written.push(partition);
    return records.map(() => 0);
  };
  const onDropped = (count: number): void => {
    state.dropped += count;
  };
  const writer = new ReceiptWriter({ publish }, { topic: 't', gatherMs: 0, maxPending, onDropped });
  return { state, writer, gone, at: (index: number) => sent(tasks[0]!, index), beside: sent(other, 1) };
}

test('one partition that is away is repeated alone: what others took is not written again, and what comes for them is taken', async () => {
  const { state, writer, gone, at, beside } = halfAway();
  const waiting = writer.write(at(1));
  await writer.write(beside);
  await waitFor('some tries', () => state.tries.filter((partition) => partition === gone).length >= 4);
  await writer.write(beside);
  expect(state.written).not.toContain(gone);
  expect(state.written.length).toBe(2);
  expect(state.tries.filter((partition) => partition !== gone).length).toBe(2);
  state.away = false;
  await waiting;
  expect(state.written.length).toBe(3);
});

test('what is to be kept waits for the bus, but not for a partition that is away; it is written when that is back', async () => {
  const { state, writer, gone, at, beside } = halfAway();
  await writer.keep([at(1), beside] as Parameters<typeof writer.keep>[0]);
  await writer.keep([at(2)] as Parameters<typeof writer.keep>[0]);
  expect(state.written).not.toContain(gone);
  state.away = false;
  await waitFor('they are written', () => state.written.filter((partition) => partition === gone).length > 0);
  await writer.drained();
  expect(state.dropped).toBe(0);
});

test('what is to be kept and is over the bound, or left at the end, is told of as lost', async () => {
  const { state, writer, at } = halfAway(3);
  await writer.keep([1, 2, 3, 4, 5].map(at) as Parameters<typeof writer.keep>[0]);
  expect(state.dropped).toBe(2);
  writer.close();
  await writer.drained();
  await waitFor('all are told of', () => state.dropped === 5);
});
