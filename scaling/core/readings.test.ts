import { expect, test } from 'vitest';
import { readMetricsText, sumOf } from './metrics-text.ts';
import { Readings } from './readings.ts';

const at = (seconds: number, text: string) => ({ atMs: seconds * 1_000, samples: readMetricsText(text) });

test('a page is read as prom-client writes it, what is no number is passed over, and what is no sample is refused', () => {
  const text = '# HELP a b\n# TYPE a gauge\na{x="1",y="a \\"b\\" {c}, d"} 2.5\na{x="2"} +Inf\nplain 1e3\nnan NaN\n';
  expect(readMetricsText(text)).toEqual([
    { name: 'a', labels: { x: '1', y: 'a "b" {c}, d' }, value: 2.5 },
    { name: 'a', labels: { x: '2' }, value: Number.POSITIVE_INFINITY },
    { name: 'plain', labels: {}, value: 1_000 },
  ]);
  expect(() => readMetricsText('plain 1\nbroken\n')).toThrow('line 2');
});

test('series of a name are summed by their labels, and a name that is not there is undefined', () => {
  const samples = readMetricsText('a{x="1"} 1\na{x="2"} 2\n');
  expect(sumOf(samples, 'a')).toBe(3);
  expect(sumOf(samples, 'a', ({ x }) => x === '2')).toBe(2);
  expect(sumOf(samples, 'b')).toBeUndefined();
});

test('rates are summed over instances, each over its own time; one with a single reading has none', () => {
  const readings = new Readings([[at(0, 'n 10'), at(10, 'n 30')], [at(5, 'n 0'), at(10, 'n 5')], [at(10, 'n 99')]]);
  expect(readings.rate('n')).toBe(3);
  expect(new Readings([[at(10, 'n 99')]]).rate('n')).toBeUndefined();
  expect(new Readings([[at(0, 'n 0'), at(10, 'n 99')]], 11_000).rate('n')).toBeUndefined();
});

test('a counter that begins anew has grown by what it says, one that was not there from 0', () => {
  expect(new Readings([[at(0, 'n 100'), at(5, 'n 104'), at(10, 'n 6')]]).rate('n')).toBe(1);
  expect(new Readings([[at(0, ''), at(10, 'n 20')]]).rate('n')).toBe(2);
});

test('gauges are of the newest readings: a sum, or the most where each instance says the same', () => {
  const readings = new Readings([[at(0, 'g 9'), at(5, 'g 1')], [at(5, 'g 2')], []]);
  expect([readings.sum('g'), readings.most('g'), readings.sum('h')]).toEqual([3, 2, undefined]);
});
