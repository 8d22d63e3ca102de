import { expect, test } from 'vitest';
import { Latency } from './latency.ts';

test('latencies of several processes are put together with what they were', () => {
  const [left, right, sum] = [new Latency(), new Latency(), new Latency()];
  for (let ms = 1; ms <= 500; ms++) left.record(ms * 1_000);
  for (let ms = 501; ms <= 1_000; ms++) right.record(ms * 1_000);
  for (const one of [left, right]) sum.addEncoded(one.encode());
  const { count, min, p50, p99, max } = sum.summary();
  expect(count).toBe(1_000);
  for (const [value, ms] of [
    [min, 1],
    [p50, 500],
    [p99, 990],
    [max, 1_000],
  ]) {
    expect(Math.abs(value! / ms! - 1)).toBeLessThan(0.002);
  }
});

test('one without samples says so, and one that is past the bound counts as the bound', () => {
  const latency = new Latency();
  expect(latency.summary()).toEqual({ count: 0 });
  expect(latency.encode()).toBeUndefined();
  latency.record(-5);
  latency.record(3_600_000_000);
  expect(latency.count).toBe(2);
  expect(latency.summary().max).toBeGreaterThan(599_000);
  latency.reset();
  expect(latency.count).toBe(0);
});
