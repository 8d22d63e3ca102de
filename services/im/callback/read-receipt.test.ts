import { expect, test } from 'vitest';
import { type Receipt, receiptRecords } from '../../common/receipt-records.ts';
import { readReceipt } from './read-receipt.ts';

const cid = '0'.repeat(32);
const arrived = { kind: 'event', app: 'a', task: 't', event: 'arrived', at: 1, cids: [cid] };

test('an event that upstreams are told of is read, whole when it is asked for', () => {
  const read = readReceipt(JSON.stringify(arrived));
  expect(read).toMatchObject({ app: 'a', actionId: '0' });
  expect(read?.whole()).toEqual([arrived]);
});

test('events of several tasks in one record are a receipt each', () => {
  const { kind, app, event, ...ofTask } = arrived;
  const read = readReceipt(JSON.stringify({ kind: 'events', app, event, tasks: [ofTask, { ...ofTask, task: 'u' }] }));
  expect(read).toMatchObject({ app: 'a', actionId: '0' });
  expect(read?.whole()).toEqual([arrived, { ...arrived, task: 'u' }]);
});

test.each([
  ['one task', ['t0'], 'event'],
  ['two tasks, of one partition', ['t0', 't8'], 'events'],
])('of what is written of %s no more than the beginning is read, until all is asked for', (_, tasks, kind) => {
  const records = receiptRecords(tasks.map((task) => ({ ...arrived, task }) as Receipt));
  expect(records).toHaveLength(1);
  const { value } = records[0]!;
  expect(JSON.parse(value)).toMatchObject({ kind });
  const cut = readReceipt(value.slice(0, 60));
  expect(cut).toMatchObject({ app: 'a', actionId: '0' });
  expect(cut?.whole()).toEqual([]);
  expect(readReceipt(value)?.whole()).toEqual(tasks.map((task) => ({ ...arrived, task })));
});

test.each([
  ['a login', { kind: 'login', app: 'a', logins: [{ cid, at: 1 }] }],
  ['an event that upstreams are not told of', { ...arrived, event: 'dismissed' }],
  ['an event of no app', { ...arrived, app: undefined }],
  ['null', null],
  ['a number', 1],
])('%s is passed over', (_, record) => expect(readReceipt(JSON.stringify(record))).toBeUndefined());

test('what is not JSON is passed over, and what only looks like an event is no whole one', () => {
  expect(readReceipt('{')).toBeUndefined();
  expect(readReceipt(JSON.stringify({ ...arrived, cids: ['x'] }))?.whole()).toEqual([]);
});
