import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { Replacements } from './replacements.ts';

function rig() {
  const state = { now: 1_000_000 };
  const metrics = createMetrics(new Registry(), () => ({ counts: () => ({ all: 0, live: 0 }), limit: 1 }));
  const replacements = new Replacements(
    metrics,
    () => state.now,
    () => 0,
  );
  return { state, metrics, replacements };
}

test('a few replacements in a row cost nothing; further ones ask for a wait that grows, up to a minute', async () => {
  const { state, metrics, replacements } = rig();
  const waits = Array.from({ length: 12 }, () => {
    state.now += 100;
    return replacements.waitAfter('c');
  });
  expect(waits).toEqual([
    undefined,
    undefined,
    undefined,
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    ...Array(4).fill(30_000),
  ]);
  expect((await metrics.replaced.get()).values[0]!.value).toBe(12);
  expect((await metrics.fights.get()).values[0]!.value).toBe(1);
});

test('after a quiet time it begins anew, and another device is another matter', () => {
  const { state, replacements } = rig();
  for (let round = 0; round < 5; round++) replacements.waitAfter('c');
  expect(replacements.waitAfter('d')).toBeUndefined();
  state.now += 150_000;
  expect(replacements.waitAfter('c')).toBeUndefined();
});
