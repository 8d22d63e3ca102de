import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import type { NewRecord } from './bus/bus.ts';
import { eventReceiptsOf, ReceiptRecord } from './protocol/bus-records.ts';
import { partitionOf } from './protocol/positions.ts';
import { receiptPartitions } from './protocol/topics.ts';
import { type Receipt, receiptRecords } from './receipt-records.ts';

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

test('what was stored is told apart from what was not, of one task; of what was gathered the first time is told', () => {
  const target = { event: 'target' as const };
  const records = receiptRecords([
    sent(a, 1, { ...target, storedAt: 8 }),
    sent(a, 2, target),
    sent(a, 3, { ...target, storedAt: 9 }),
    sent(b, 4, { ...target, storedAt: 9 }),
  ]);
  expect(read(records)).toEqual([
    {
      ...{ kind: 'events', app: 'app', event: 'target' },
      tasks: [
        { task: a, at: 5, storedAt: 8, cids: [cid(1), cid(3)] },
        { task: a, at: 5, cids: [cid(2)] },
        { task: b, at: 5, storedAt: 9, cids: [cid(4)] },
      ],
    },
  ]);
  expect(Check(ReceiptRecord, read(records)[0])).toBe(true);
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
