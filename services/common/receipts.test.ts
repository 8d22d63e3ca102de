import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { waitFor } from '../../test/rigs/process.ts';
import type { NewRecord } from './bus/bus.ts';
import { LongwireError } from './errors.ts';
import { eventReceiptsOf, ReceiptRecord } from './protocol/bus-records.ts';
import { partitionOf } from './protocol/positions.ts';
import { receiptPartitions } from './protocol/topics.ts';
import { type Receipt, ReceiptWriter, receiptRecords } from './receipts.ts';

const cid = (index: number): string => index.toString(16).padStart(32, '0');

function sent(
  task: string,
  index: number | number[],
  more: Partial<Extract<Receipt, { kind: 'event' }>> = {},
): Receipt {
  return { kind: 'event', app: 'app', task, event: 'sent', at: 5, cids: [index].flat().map(cid), ...more };
}

const read = (records: NewRecord[]): ReceiptRecord[] => records.map(({ value }) => JSON.parse(value) as ReceiptRecord);

/** Tasks that are all in one partition, and one that is in another. */
const tasks = Array.from({ length: 100 }, (_none, index) => `task${index}`);
const [a, b] = tasks.filter((task) => partitionOf(task, receiptPartitions) === 0) as [string, string];
const elsewhere = tasks.find((task) => partitionOf(task, receiptPartitions) === 1)!;

test('events of one kind, app and partition are one record; other events and apps are others', () => {
  const records = receiptRecords([
    sent(a, 1, { group: 'g' }),
    sent(b, 1, { at: 7 }),
    sent(a, 2, { at: 9 }),
    sent(elsewhere, 1),
    sent(a, 1, { event: 'shown' }),
    sent(a, 1, { app: 'other' }),
  ]);
  const head = { kind: 'event', app: 'app', event: 'sent', at: 5 };
  expect(read(records)).toEqual([
    {
      ...{ kind: 'events', app: 'app', event: 'sent' },
      tasks: [
        { task: a, at: 5, cids: [cid(1), cid(2)], group: 'g' },
        { task: b, at: 7, cids: [cid(1)] },
      ],
    },
    { ...head, task: elsewhere, cids: [cid(1)] },
    { ...head, task: a, event: 'shown', cids: [cid(1)] },
    { ...head, task: a, app: 'other', cids: [cid(1)] },
  ]);
  for (const record of read(records)) expect(Check(ReceiptRecord, record)).toBe(true);
  for (const [index, task] of [a, elsewhere, a, a].entries()) {
    expect(records[index]).toMatchObject({ key: task, partition: partitionOf(task, receiptPartitions) });
  }
});

test('what happened on several devices at once is one receipt, and never in two records', () => {
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_none, index) => from + index);
  const records = receiptRecords([sent(a, numbers(0, 600)), sent(a, numbers(600, 600)), sent(b, 5)]);
  expect(read(records)).toMatchObject([
    { task: a, cids: numbers(0, 600).map(cid) },
    { kind: 'events', tasks: [{ task: a, cids: numbers(600, 600).map(cid) }, { task: b }] },
  ]);
});

test('a record of several tasks has at most a thousand devices too', () => {
  const receipts = Array.from({ length: 1_500 }, (_, index) => sent(index % 2 === 0 ? a : b, index));
  const devices = read(receiptRecords(receipts)).map((record) =>
    record.kind === 'events' ? record.tasks.flatMap(({ cids }) => cids) : [],
  );
  expect(devices.map((cids) => cids.length)).toEqual([1_000, 500]);
  expect(new Set(devices.flat()).size).toBe(1_500);
});

test('events of a task stay in their order, whatever records those of others are in', () => {
  const receipts = [
    sent(a, 1, { event: 'shown' }),
    sent(b, 2, { event: 'arrived' }),
    sent(b, 2, { event: 'shown' }),
    sent(a, 3, { event: 'arrived' }),
  ];
  const events = read(receiptRecords(receipts)).flatMap((record) =>
    record.kind === 'event' || record.kind === 'events'
      ? eventReceiptsOf(record).map(({ task, event }) => `${task} ${event}`)
      : [],
  );
  expect(events.filter((one) => one.startsWith(a))).toEqual([`${a} shown`, `${a} arrived`]);
  expect(events.filter((one) => one.startsWith(b))).toEqual([`${b} arrived`, `${b} shown`]);
});

test('a record has at most a thousand devices, and none is lost or doubled', () => {
  const receipts = Array.from({ length: 2_500 }, (_, index) => sent('a', index));
  const records = read(receiptRecords(receipts)).flatMap((record) => (record.kind === 'event' ? [record.cids] : []));
  expect(records.map((cids) => cids.length)).toEqual([1_000, 1_000, 500]);
  expect(new Set(records.flat()).size).toBe(2_500);
});

test('logins of one app are one record, each with its time, by the first device', () => {
  const logins: Receipt[] = [1, 2].map((index) => ({ kind: 'login', app: 'app', cid: cid(index), at: index }));
  const records = receiptRecords(logins);
  expect(read(records)).toEqual([
    { kind: 'login', app: 'app', logins: [1, 2].map((index) => ({ cid: cid(index), at: index })) },
  ]);
  expect(records[0]).toMatchObject({ key: cid(1), partition: partitionOf(cid(1), receiptPartitions) });
});

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
