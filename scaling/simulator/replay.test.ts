import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../core/scaler.ts';
import { scaledRoles } from '../roles.ts';
import { curves } from './curves.ts';
import { outcomeOf } from './outcome.ts';
import { plot } from './plot.ts';
import { type Point, type ReplayedRole, replay } from './replay.ts';

const roles: ReplayedRole[] = ['cm', 'im', 'user-redis'];
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe.each(curves)('$name', (curve) => {
  const replays = seeds.map((seed) => replay(curve, seed));

  test.each(roles)('%s turns from more to less or back three times an hour at the most, whatever the gusts', (role) => {
    for (const one of replays) expect(outcomeOf(one[role]).turnsAnHour).toBeLessThanOrEqual(3);
  });

  test.each(roles)('%s has what its load needs again within 150 s, and is not left larger than it was', (role) => {
    for (const one of replays) {
      const { longestShortS, longestOutsideS } = outcomeOf(one[role]);
      expect(longestShortS).toBeLessThanOrEqual(150);
      // Only those who come back when most cms have gone find no room at first.
      expect(longestOutsideS).toBeLessThanOrEqual(curve.name === 'reconnect-storm' ? 60 : 0);
      const last = one[role].at(-1)!;
      expect(last.replicas).toBeLessThanOrEqual(Math.max(scaledRoles[role].limits.min, Math.ceil(last.needed)) + 1);
    }
  });

  test('the same seed gives the same, and the plot in docs/scaling is of it (node scaling/simulate.ts writes it)', () => {
    const file = resolve(import.meta.dirname, `../../docs/scaling/${curve.name}.svg`);
    expect(plot(curve, replay(curve))).toBe(readFileSync(file, 'utf8'));
  });
});

test('cms stay through ten minutes without most of their devices: they are there when all come back', () => {
  const storm = replay(curves.find(({ name }) => name === 'reconnect-storm')!).cm;
  const before = storm[0]!.replicas;
  expect(Math.min(...storm.filter(({ second }) => second < 5_400).map(({ replicas }) => replicas))).toBe(before);
});

test('it is the windows that keep roles from turning: without them im does many times an hour', () => {
  const hasty = (plan: Plan): Plan => {
    const scaleDown = { ...plan.behavior.scaleDown, stabilizationWindowSeconds: 0 };
    return { ...plan, behavior: { ...plan.behavior, scaleDown } };
  };
  const plans = {
    cm: hasty(scaledRoles.cm),
    im: hasty(scaledRoles.im),
    'user-redis': hasty(scaledRoles['user-redis']),
  };
  const turns = roles.map((role) => outcomeOf(replay(curves[0]!, 1, plans)[role]).turnsAnHour);
  expect(Math.max(...turns)).toBeGreaterThan(10);
});

test('turns are counted within any hour, the time short is the longest one, hours are those of all instances', () => {
  const replicas = [1, 2, 1, 2, 2, 2, 1];
  const points = replicas.map((count, index): Point => {
    const second = index * 1_000;
    return {
      ...{ second, replicas: count, serving: count, needed: index < 2 ? 3 : 1 },
      ...{ latencyS: 0.1 * index, waiting: index, fullest: 0, outside: 0 },
    };
  });
  expect(outcomeOf(points)).toMatchObject({
    turnsAnHour: 2,
    longestShortS: 2_000,
    mostWaiting: 6,
    instanceHours: 11_000 / 3_600,
    fixedHours: 14_000 / 3_600,
  });
});
