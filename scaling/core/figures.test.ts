import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Figures, type Pressure, recommend } from './figures.ts';

const figures: Figures = {
  calls: { kind: 'load', target: 100, unit: 'calls/s', why: '' },
  latency: { kind: 'strain', target: 0.1, unit: 's', why: '' },
};

function wanted(values: Pressure['values'], rest: Partial<Pressure> = {}): number {
  return recommend(figures, { current: 4, serving: rest.current ?? 4, hung: 0, ...rest, values }).wanted;
}

test('a load asks for as many instances as take it at their targets, a strain for as many times more as it is over', () => {
  expect(wanted({ calls: 601, latency: 0.01 })).toBe(7);
  expect(wanted({ calls: 10, latency: 0.2 })).toBe(8);
  expect(wanted({ calls: 10, latency: 0.01 })).toBe(1);
});

test('within a tenth of the target all stays as it is, on either side', () => {
  expect(wanted({ calls: 439, latency: 0.01 })).toBe(4);
  expect(wanted({ calls: 361, latency: 0.01 })).toBe(4);
  expect(wanted({ calls: 441, latency: 0.01 })).toBe(5);
  expect(wanted({ calls: 10, latency: 0.109 })).toBe(4);
});

test('a figure that is missing keeps instances, and does not keep more from coming', () => {
  expect(wanted({ calls: 10 })).toBe(4);
  expect(wanted({ calls: 900 })).toBe(9);
  expect(wanted({})).toBe(4);
});

test('a hung instance counts for no capacity: it is wanted on top of those that work', () => {
  expect(wanted({ calls: 390, latency: 0.01 }, { hung: 1, serving: 3 })).toBe(5);
  expect(wanted({ calls: 10, latency: 0.2 }, { hung: 1, serving: 3 })).toBe(7);
});

test('instances that start are waited for: a strain multiplies those that serve, not those that come', () => {
  expect(wanted({ calls: 10, latency: 0.2 }, { current: 4, serving: 2 })).toBe(4);
});

test('whatever the figures, a load at what is wanted for it asks for the same number again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 5_000, noNaN: true }), (current, calls) => {
      const first = Math.max(1, wanted({ calls, latency: 0 }, { current }));
      expect(Math.max(1, wanted({ calls, latency: 0 }, { current: first }))).toBe(first);
    }),
  );
});
