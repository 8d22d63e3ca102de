import { expect, test } from 'vitest';
import type { EventReceipt, LoginReceipt, ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { impliedSteps } from './implied-events.ts';
import { mergeReceipts, rowsOf } from './merge-receipts.ts';

const app = 'app1';
const cid = (n: number): string => n.toString(16).padStart(32, '0');

function event(name: ReceiptEvent, at: number, cids: string[], more: Partial<EventReceipt> = {}): EventReceipt {
  return { kind: 'event', app, task: 'task1', event: name, at, cids, ...more };
}

test.each([
  ['target', ['target']],
  ['sent', ['target', 'sent']],
  ['arrived', ['target', 'sent', 'arrived']],
  ['shown', ['target', 'sent', 'arrived', 'shown']],
  ['clicked', ['target', 'sent', 'arrived', 'clicked']],
  ['dismissed', ['target', 'sent', 'arrived', 'dismissed']],
  ['custom:90001', ['target', 'sent', 'arrived']],
])('%s says that it has happened, and what must have come before it', (name, expected) => {
  expect(impliedSteps(name, 'RASS_0101_x')).toEqual(expected);
});

test('of a broadcast the targets are counted together, so none is implied by what happens on a device', () => {
  expect(impliedSteps('shown', 'RASA_0101_all0')).toEqual(['sent', 'arrived', 'shown']);
  const receipt = { kind: 'broadcast' as const, app: 'app', task: 'RASA_0101_all0', at: 5 };
  const merged = mergeReceipts([receipt, { ...receipt, at: 3 }]);
  expect(merged.broadcasts).toEqual([{ app: 'app', task: 'RASA_0101_all0' }]);
  expect(merged.tasks).toMatchObject([{ task: 'RASA_0101_all0', at: 3 }]);
  expect(merged.deliveries).toEqual([]);
});

test('what happened on a device is there once, each step with its earliest time', () => {
  const { deliveries } = mergeReceipts([
    event('sent', 30, [cid(1), cid(1)]),
    event('target', 10, [cid(1)]),
    event('sent', 20, [cid(1)]),
  ]);
  expect(deliveries).toEqual([{ app, task: 'task1', cid: cid(1), at: { target: 10, sent: 20 } }]);
});

test('when a message was stored is there beside the steps, the earliest that is told, and implies nothing', () => {
  const { deliveries } = mergeReceipts([
    event('arrived', 40, [cid(1)]),
    event('target', 10, [cid(1), cid(2)], { storedAt: 14 }),
    event('target', 10, [cid(1)], { storedAt: 12 }),
    event('target', 10, [cid(1), cid(3)]),
  ]);
  expect(deliveries).toEqual([
    { app, task: 'task1', cid: cid(1), at: { target: 10, sent: 40, arrived: 40 }, storedAt: 12 },
    { app, task: 'task1', cid: cid(2), at: { target: 10 }, storedAt: 14 },
    { app, task: 'task1', cid: cid(3), at: { target: 10 } },
  ]);
});

test('a record of several tasks is as much as a record of each', () => {
  const tasks = ['a', 'b'].map((task, index) => ({
    task,
    at: 5 + index,
    storedAt: 9,
    cids: [cid(1), cid(2)],
    group: 'g',
  }));
  const together = mergeReceipts([{ kind: 'events', app, event: 'arrived', tasks }]);
  expect(together).toEqual(
    mergeReceipts(tasks.map(({ task, at, cids, ...more }) => event('arrived', at, cids, { task, ...more }))),
  );
  expect(together.deliveries).toHaveLength(4);
  expect(rowsOf({ kind: 'events', app, event: 'arrived', tasks })).toBe(4);
});

test('a custom event is there once beside the steps that it implies', () => {
  const { deliveries, customs } = mergeReceipts([
    event('custom:90001', 30, [cid(1)]),
    event('custom:90001', 20, [cid(1)]),
    event('custom:90002', 40, [cid(1)]),
  ]);
  expect(deliveries).toMatchObject([{ at: { target: 20, sent: 20, arrived: 20 } }]);
  expect(customs).toEqual([
    { app, task: 'task1', cid: cid(1), event: 'custom:90001', at: 20 },
    { app, task: 'task1', cid: cid(1), event: 'custom:90002', at: 40 },
  ]);
});

test('events, tasks and logins are sorted by their keys, whatever the order of receipts', () => {
  const receipts = [
    event('target', 1, [cid(2), cid(1)], { task: 'b' }),
    event('target', 1, [cid(3)], { task: 'a' }),
    { kind: 'login', app, logins: [cid(9), cid(8)].map((one) => ({ cid: one, at: 1 })) } satisfies LoginReceipt,
  ];
  const merged = mergeReceipts(receipts);
  expect(merged).toEqual(mergeReceipts(receipts.toReversed()));
  expect(merged.deliveries.map((one) => `${one.task}${one.cid}`)).toEqual([`a${cid(3)}`, `b${cid(1)}`, `b${cid(2)}`]);
  expect(merged.tasks.map((one) => one.task)).toEqual(['a', 'b']);
  expect(merged.logins.map((one) => one.cid)).toEqual([cid(8), cid(9)]);
});

test('a task has the earliest time and the first group that its receipts give', () => {
  const { tasks } = mergeReceipts([
    event('sent', 30, [cid(1)]),
    event('target', 10, [cid(1)], { group: 'spring' }),
    event('arrived', 40, [cid(1)], { group: 'autumn' }),
  ]);
  expect(tasks).toEqual([{ app, task: 'task1', at: 10, group: 'spring' }]);
});

test('of the logins of a device on one day the latest counts', () => {
  const login = (at: number): LoginReceipt => ({ kind: 'login', app, logins: [{ cid: cid(1), at }] });
  expect(mergeReceipts([login(5), login(9), login(7)]).logins).toEqual([{ app, cid: cid(1), at: 9 }]);
  const midnight = 86_400_000;
  expect(mergeReceipts([login(midnight), login(9), login(midnight - 1)]).logins).toEqual([
    { app, cid: cid(1), at: midnight - 1 },
    { app, cid: cid(1), at: midnight },
  ]);
});

test('tasks, devices and apps are not mixed up', () => {
  const { deliveries } = mergeReceipts([
    event('target', 1, [cid(1)]),
    event('target', 1, [cid(1)], { app: 'app2' }),
    event('target', 1, [cid(1)], { task: 'task2' }),
    event('target', 1, [cid(2)]),
  ]);
  expect(deliveries).toHaveLength(4);
});

test('a receipt counts as many rows as it has devices, twice as many with a custom event', () => {
  expect(rowsOf(event('clicked', 1, [cid(1), cid(2)]))).toBe(2);
  expect(rowsOf(event('custom:90001', 1, [cid(1), cid(2)]))).toBe(4);
  expect(rowsOf({ kind: 'login', app, logins: [{ cid: cid(1), at: 1 }] })).toBe(1);
});
