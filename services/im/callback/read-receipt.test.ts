import { expect, test } from 'vitest';
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
