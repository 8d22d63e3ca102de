import { expect, test } from 'vitest';
import type { OpsReading } from '../edges/ops-pages.ts';
import { quantileMs, type Row, rowsOf, totalsOf } from './figures.ts';
import { countText, tableLines, type View } from './table.ts';

const plain = (_tone: string, text: string): string => text;
const totals = totalsOf([], [], []);
const row = (instance: string, some: Partial<Row> = {}): Row => ({
  ...{ role: 'cm', instance, state: 'ready', faults: {}, cpu: 12.34, memoryBytes: 134_217_728, connections: 12_345 },
  rates: { push: 1_234, ack: 1_200.4, login: 0.5 },
  ...some,
});
const view = (rows: Row[]): View => ({ title: '12:00:00 UTC  the system of run.json', rows, totals, hint: 'q quits' });
const many = (count: number): Row[] => Array.from({ length: count }, (_, index) => row(`cm-${index + 1}`));

test.each([
  [80, 24, 5],
  [80, 24, 60],
  [40, 8, 60],
  [200, 50, 60],
  [20, 3, 5],
  [1, 1, 5],
])('what is drawn fits a terminal of %i × %i with %i instances', (columns, rows, count) => {
  const lines = tableLines(view(many(count)), { columns, rows }, plain);
  expect(lines.length).toBeLessThanOrEqual(rows);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
});

test('at 80 columns every figure is there', () => {
  const lines = tableLines(view([row('user-mysql-1')]), { columns: 80, rows: 24 }, plain);
  expect(lines[3]).toBe('cm         user-mysql-1 ready       12%   128M    12k 1.2k push 1.2k ack 0.5 lo…');
});

test('what has no room is counted, not left out silently', () => {
  const lines = tableLines(view(many(60)), { columns: 80, rows: 24 }, plain);
  expect(lines).toHaveLength(24);
  expect(lines[22]).toBe('… and 41 more: make the terminal larger');
});

test('why an instance is not ready stands below the table', () => {
  const lines = tableLines(
    view([row('im-1', { state: 'not ready', faults: { bus: 'not connected' } })]),
    { columns: 80, rows: 24 },
    plain,
  );
  expect(lines).toContain('im-1: bus: not connected');
});

test('nothing in a name or fault steers the terminal', () => {
  const lines = tableLines(view([row('a\x1b[2Jb', { faults: { x: '\x07\u202e' } })]), { columns: 80, rows: 24 }, plain);
  expect([...lines.join('')].filter((one) => '\x07\x1b\u202e'.includes(one))).toEqual([]);
});

const reading = (
  role: string,
  atMs: number,
  figures: Record<string, number>,
  some: Partial<OpsReading> = {},
): OpsReading => ({
  instance: { role, instance: `${role}-1`, ops: `http://${role}` },
  atMs,
  state: 'ready',
  faults: {},
  samples: Object.entries(figures).map(([name, value]) => ({ name, labels: {}, value })),
  ...some,
});

test('rates are of the time between two readings; a counter that fell is that of a new process', () => {
  const before = [reading('cm', 0, { longwire_cm_pushes_total: 100, process_cpu_seconds_total: 1 })];
  const now = [reading('cm', 2_000, { longwire_cm_pushes_total: 300, process_cpu_seconds_total: 1.5 })];
  expect(rowsOf(before, now)[0]).toMatchObject({ cpu: 25, rates: { push: 100 } });
  expect(rowsOf(before, [reading('cm', 2_000, { longwire_cm_pushes_total: 40 })])[0]?.rates['push']).toBe(20);
  expect(rowsOf([], now)[0]).toMatchObject({ cpu: undefined, rates: {} });
});

test('who is not ready stands first, and counts as not ready', () => {
  const readings = [reading('cm', 1, {}), reading('user-mysql', 1, {}, { state: 'no answer' }), reading('im', 1, {})];
  const rows = rowsOf([], readings);
  expect(rows.map(({ role }) => role)).toEqual(['user-mysql', 'cm', 'im']);
  expect(totalsOf(rows, [], readings)).toMatchObject({ instances: 3, ready: 2 });
});

test('what each im tells of its whole group is counted once', () => {
  const lag = (ops: string, value: number): OpsReading => ({
    ...reading('im', 1, {}),
    instance: { role: 'im', instance: ops, ops },
    samples: [{ name: 'longwire_bus_lag_records', labels: { group: 'router' }, value }],
  });
  expect(totalsOf([], [], [lag('a', 5), lag('b', 7)]).busLag).toBe(7);
});

test('a quantile lies within its bucket', () => {
  const buckets = new Map([
    [0.005, 50],
    [0.01, 100],
    [Number.POSITIVE_INFINITY, 100],
  ]);
  expect(quantileMs(buckets, 0.5)).toBe(5);
  expect(quantileMs(buckets, 0.75)).toBe(7.5);
  expect(quantileMs(new Map([[Number.POSITIVE_INFINITY, 0]]), 0.5)).toBeUndefined();
});

test.each([
  [undefined, '-'],
  [0, '0'],
  [0.25, '0.3'],
  [950, '950'],
  [999.7, '1.0k'],
  [12_345, '12k'],
  [5_600_000, '5.6M'],
])('%s is written as %s', (count, text) => {
  expect(countText(count)).toBe(text);
});
