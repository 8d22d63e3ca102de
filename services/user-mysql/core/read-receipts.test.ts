import { expect, test } from 'vitest';
import type { EventReceipt } from '../../common/protocol/bus-records.ts';
import { readReceipt, runsOf } from './read-receipts.ts';

const cid = '0'.repeat(32);
const receipt: EventReceipt = { kind: 'event', app: 'a', task: 't', event: 'target', at: 1, cids: [cid] };

test('a record of the contract is read', () => {
  expect(readReceipt({ offset: 7, value: JSON.stringify(receipt) })).toEqual({ offset: 7, receipt });
});

test.each([
  ['no JSON', '{"kind":'],
  ['another kind', JSON.stringify({ ...receipt, kind: 'other' })],
  ['an unknown event', JSON.stringify({ ...receipt, event: 'eaten' })],
  ['a cid that is none', JSON.stringify({ ...receipt, cids: ["' OR 1=1"] })],
  ['no cids', JSON.stringify({ ...receipt, cids: [] })],
  ['too many cids', JSON.stringify({ ...receipt, cids: Array(1_001).fill(cid) })],
  ['a time that is no integer', JSON.stringify({ ...receipt, at: 1.5 })],
  ['null', 'null'],
])('%s is kept as unreadable, at its offset', (_what, value) => {
  expect(readReceipt({ offset: 7, value })).toEqual({ offset: 7, receipt: undefined });
});

test('records are cut into runs of so many rows, in order, and none is lost', () => {
  const of = (offset: number, cids: number) => ({ offset, receipt: { ...receipt, cids: Array(cids).fill(cid) } });
  const records = [of(1, 4), of(2, 4), of(3, 4), { offset: 4, receipt: undefined }, of(5, 25), of(6, 1)];
  expect(runsOf(records, 10).map((run) => run.map(({ offset }) => offset))).toEqual([[1, 2], [3, 4], [5], [6]]);
  expect(runsOf([], 10)).toEqual([]);
});
