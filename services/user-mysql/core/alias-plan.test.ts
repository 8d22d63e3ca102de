import { expect, test } from 'vitest';
import { maxCidsPerAlias } from '../../common/protocol/user-mysql-calls.ts';
import { checkAliasLimit, distinctBindings, lockBucketsOf } from './alias-plan.ts';

const bindings = (alias: string, from: number, count: number) =>
  Array.from({ length: count }, (_none, index) => ({ alias, cid: `cid${from + index}` }));

test('of a cid that comes twice the last alias counts', () => {
  const list = [
    { cid: '1', alias: 'a' },
    { cid: '2', alias: 'b' },
    { cid: '1', alias: 'c' },
  ];
  expect(distinctBindings(list)).toEqual([
    { cid: '2', alias: 'b' },
    { cid: '1', alias: 'c' },
  ]);
});

test('spaces at the end of an alias are no part of it, and spaces alone are refused', () => {
  expect(distinctBindings([{ cid: '1', alias: 'a  ' }])).toEqual([{ cid: '1', alias: 'a' }]);
  expect(() => distinctBindings([{ cid: '1', alias: '  ' }])).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

test('an alias is filled up to the limit and no further', () => {
  const bound = bindings('a', 0, maxCidsPerAlias - 1);
  expect(() => checkAliasLimit(bound, bindings('a', 100, 1))).not.toThrow();
  expect(() => checkAliasLimit(bound, [...bindings('b', 50, 2), ...bindings('a', 100, 2)])).toThrow(
    expect.objectContaining({ code: 'conflict', field: 'a' }),
  );
});

test('cids that are bound again, or move away in the same list, take no room', () => {
  const bound = bindings('a', 0, maxCidsPerAlias);
  expect(() => checkAliasLimit(bound, bindings('a', 0, maxCidsPerAlias))).not.toThrow();
  expect(() => checkAliasLimit(bound, [...bindings('b', 0, 1), ...bindings('a', 100, 1)])).not.toThrow();
});

test('lock rows come sorted and once, whatever the order of the list', () => {
  const list = bindings('x', 0, 1).concat(Array.from({ length: 50 }, (_none, n) => ({ alias: `a${n}`, cid: `${n}` })));
  const buckets = lockBucketsOf(list);
  expect(lockBucketsOf(list.toReversed())).toEqual(buckets);
  expect(buckets).toEqual([...new Set(buckets)].sort((left, right) => left - right));
});
