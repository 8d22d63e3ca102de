import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { maxPageSamples, readExposition } from './exposition.ts';

const read = (text: string, extra: Record<string, string> = {}) =>
  readExposition(text, extra).map(({ labels, value }) => [Object.fromEntries(labels), value]);

test('a page as roles make it is read whole: labels, escapes, buckets, sums', async () => {
  const registry = new Registry();
  registry.setDefaultLabels({ role: 'cm', instance: 'cm-1' });
  const text = 'a "b" \\ c\nd, {e}';
  new Counter({ name: 'things_total', help: 'x', labelNames: ['text'], registers: [registry] }).inc({ text }, 3);
  new Histogram({ name: 'times', help: 'x', buckets: [0.5], registers: [registry] }).observe(0.25);
  const samples = read(await registry.metrics());
  const own = { role: 'cm', instance: 'cm-1' };
  expect(samples).toEqual([
    [{ __name__: 'things_total', text, ...own }, 3],
    [{ __name__: 'times_bucket', le: '0.5', ...own }, 1],
    [{ __name__: 'times_bucket', le: '+Inf', ...own }, 1],
    [{ __name__: 'times_sum', ...own }, 0.25],
    [{ __name__: 'times_count', ...own }, 1],
  ]);
});

test('every number of the format is read, and times that a page gives are passed over', () => {
  const lines = ['a 1', 'a{} -2.5e-3', 'a{b="c",} +Inf', 'a -Inf 1700000000000', 'a NaN', 'a\t.5'];
  expect(read(lines.join('\n')).map(([, value]) => value)).toEqual([
    ...[1, -0.0025, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0.5],
  ]);
});

test('labels are sorted by name, and what the page says wins over what is added', () => {
  const [sample] = readExposition('up{zone="z",Big="b"} 1', { role: 'cm', zone: 'added' });
  expect(sample!.labels).toEqual([
    ['Big', 'b'],
    ['__name__', 'up'],
    ['role', 'cm'],
    ['zone', 'z'],
  ]);
});

test.each(['<html>', 'a', 'a 1.2.3', 'a 0x10', 'a{b="c} 1', 'a{b=c} 1', 'a{b="c" d="e"} 1', '1a 1', 'a 1 2 3'])(
  'a line that is not of the format (%s) is named by its number',
  (line) => {
    expect(() => readExposition(`# HELP a x\nb 1\n${line}\n`, {})).toThrow('line 3 of the metrics page');
  },
);

test('a page with too many samples is refused', () => {
  const page = (count: number): string => 'a 1\n'.repeat(count);
  expect(readExposition(page(maxPageSamples), {})).toHaveLength(maxPageSamples);
  expect(() => readExposition(page(maxPageSamples + 1), {})).toThrow('more than 20000 samples');
});
