import { expect, test } from 'vitest';
import type { Conditions, Result } from '../../../bench/result-file/schemas.ts';
import { performancePage } from './page.ts';
import { plotOf } from './plots.ts';

const conditions: Conditions = {
  ...{ command: 'node bench/x.ts', date: '2026-01-02T03:04:05.000Z', node: '26.0.0', note: null },
  machine: { cpu: 'A processor', cores: 2, memoryMib: 8_000 },
  stores: { redis: 'Redis 8.0.0', mariadb: 'MariaDB 11.4.0' },
};
const bus = 'redis' as const;
const unmeasured = { acceptedPerS: 1_000, p50Ms: 5, p99Ms: 9, counts: {} };

const push: Result = {
  ...{ kind: 'push', conditions, bus: 'kafka', batch: 1, messages: 10, devices: 5, runs: 1 },
  results: [
    {
      callers: 8,
      longwire: { totalUs: 1_500, byProcess: { im: 1_000, kafka: 500 }, ...unmeasured },
      floor: { totalUs: 250, byProcess: { process: 150, redis: 100 }, ...unmeasured },
      ratio: 4,
    },
  ],
};
const broadcast: Result = {
  ...{ kind: 'broadcast', conditions, bus, connected: 5_000, messages: 20, runs: 1 },
  results: [
    {
      ...{ burst: 10, acks: true, totalUs: 20, rawUs: 4, ratio: 2, toAlone: 0.5 },
      byProcess: { cm: 8, 'user-mysql': 7, mariadb: 5 },
    },
  ],
};
const connections: Result = {
  ...{ kind: 'connections', conditions, bus, count: 10, runs: 1 },
  idle: {
    count: 8_000,
    cm: { heapBytes: 4_000, residentBytes: 5_000, pingUs: 30 },
    bare: { heapBytes: 2_000, residentBytes: 4_000, pingUs: 20 },
  },
  arrivals: [{ what: 'log in', totalUs: 300, byProcess: { cm: 300 }, bareUs: 100, seconds: 2, retries: 0 }],
};
const flatness: Result = {
  ...{ kind: 'flatness', conditions, bus, callers: 64, messages: 10, devices: 300, runs: 1 },
  results: [
    {
      ...{ registered: 1_000_000, rows: 1_000_000, redisKeys: { d: 300 }, redisMib: 5, ratio: 1.02 },
      cost: { totalUs: 900, byProcess: { im: 900 }, ...unmeasured },
    },
  ],
};
const scaling: Result = {
  ...{ kind: 'scaling', conditions, bus, callers: 64, messages: 10, devices: 300, runs: 1 },
  results: [
    {
      ...{ role: 'im', instances: 4, ratio: 1.05, unevenness: 0.123 },
      cost: { totalUs: 900, byProcess: { im: 900 }, ...unmeasured },
    },
  ],
};

const rowOf = (result: Result): string => {
  const page = `before\n<!-- results ${result.kind} -->\nold\n<!-- end -->\nafter\n`;
  const made = performancePage(page, new Map([['some', result]]));
  expect(made).toMatch(/^before\n[\s\S]*\nafter\n$/);
  expect(made).not.toContain('old');
  expect(made).toContain(
    '`node bench/x.ts`, one run, 2026-01-02, 2 cores of A processor, 8,000 MiB, Node 26.0.0, Redis 8.0.0',
  );
  return made;
};

test('a push has its row, its broker apart', () => {
  expect(rowOf(push)).toContain(
    '| Kafka bus, 8 callers, broker (500 µs) left out | 1,000 µs | 1,000 / – / – / – / – / – | 4.0 | 1,000 | 5, 9 ms |',
  );
});

test('a broadcast has its row, what counts its acks together', () => {
  expect(rowOf(broadcast)).toContain(
    '| 10 at once, acknowledged | 20.0 µs | 8.0 µs | 2.0 of 4.0 µs | 12.0 µs | 0.50 |',
  );
});

test('connections have rows of those that come and of idle ones, beside bare ws', () => {
  const made = rowOf(connections);
  expect(made).toContain('| log in | 300 µs | 300 / – / – / – / – | 3.0 of 100 µs | 2.0 s | 0 |');
  expect(made).toContain('| heap | 4,000 bytes | 2,000 bytes | 2.0 |');
});

test('a size has its row, with what MySQL and Redis keep of devices', () => {
  expect(rowOf(flatness)).toContain(
    '| 1,000,000 registered | 1,000,000 | 900 µs | 900 / – / – / – / – / – | 1.02 | 300, 0 |',
  );
});

test('a number of instances has its row, with how evenly they share', () => {
  expect(rowOf(scaling)).toContain('| 4 im | 900 µs | 900 / – / – / – / – / – | 1.05 | 12 % |');
});

test('what was not measured says how to', () => {
  const made = performancePage('<!-- results flatness -->\n<!-- end -->', new Map());
  expect(made).toContain('`node bench/flatness.ts --json bench/results/flatness.json`');
});

test('a plot has the parts of each bar', () => {
  expect(plotOf(push)).toContain('1,000 + 500, 4.0 ×');
  for (const result of [push, broadcast, connections, flatness, scaling])
    expect(plotOf(result)).toMatch(/^<svg .*<\/svg>\n$/s);
});
