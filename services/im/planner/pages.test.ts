import { expect, test } from 'vitest';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { routeRecordsOf } from './pages.ts';

const cids = Array.from({ length: 200 }, (_, index) => index.toString(16).padStart(32, '0'));
const task = {
  app: 'app',
  task: 'RASL_1',
  at: 1,
  exp: 2,
  stored: true,
  body: '{}',
};

test('a page becomes at most one record a partition, holding just the cids of that partition, each once', () => {
  const records = routeRecordsOf(task, 3, cids, 8);
  expect(records.length).toBeLessThanOrEqual(8);
  expect(new Set(records.map((record) => record.partition)).size).toBe(records.length);
  const found: string[] = [];
  for (const { partition, value } of records) {
    const record = JSON.parse(value) as RouteRecord;
    expect(record.id).toBe(`RASL_1/3/${partition}`);
    for (const cid of record.cids) expect(partitionOf(cid, 8)).toBe(partition);
    found.push(...record.cids);
  }
  expect(found.sort()).toEqual(cids);
});

test('the same page made again has the same ids', () => {
  expect(routeRecordsOf(task, 0, cids, 4)).toEqual(routeRecordsOf(task, 0, cids, 4));
});

test('more than 1,000 devices of one partition become several records, none too large', () => {
  const many = Array.from({ length: 2_500 }, (_, index) => index.toString(16).padStart(32, '0'));
  const records = routeRecordsOf(task, 'a', many, 1).map(({ value }) => JSON.parse(value) as RouteRecord);
  expect(records.map(({ id, cids: { length } }) => [id, length])).toEqual([
    ['RASL_1/a/0', 1_000],
    ['RASL_1/a/0/1000', 1_000],
    ['RASL_1/a/0/2000', 500],
  ]);
});
