import { expect, test, vi } from 'vitest';
import { readMetricsText } from '../../scaling/core/metrics-text.ts';
import type { ScaledRoleName } from '../../scaling/roles.ts';
import { Autoscaler, type Scalable } from './autoscale.ts';
import type { Answer } from './instance-reading.ts';
import type { Unit } from './supervised.ts';

const limits = { min: 1, max: 5 };
const still = { min: 1, max: 1 };

/** A system of cms, each of which answers what `pages` has for it; other roles have one instance that says nothing. */
function rig() {
  const pages = new Map<string, Omit<Answer, 'atMs'> | undefined>();
  const pids = new Map<string, number>();
  const says = (instance: string, connections: number, ready = true): void => {
    const text = `longwire_cm_connections{state="live"} ${connections}\nlongwire_cm_logins_total 0`;
    pages.set(instance, { samples: readMetricsText(text), ready });
  };
  const decided: { role: ScaledRoleName; count: number; unwanted: string[] }[] = [];
  const system: Scalable = {
    members: (role) =>
      (role === 'cm' ? [...pages.keys()] : [`${role}-1`]).map((instance) => ({
        unit: { role, instance, ops: null, start: () => Promise.reject(new Error('not here')) },
        pid: pids.get(instance) ?? 1,
      })),
    async scale(role, count, unwanted) {
      decided.push({ role, count, unwanted });
    },
  };
  let now = 0;
  const read = async ({ instance }: Unit): Promise<Answer | undefined> => {
    const page = pages.get(instance);
    return page && { ...page, atMs: now };
  };
  const scaler = new Autoscaler(
    system,
    {
      limits: { cm: limits, im: still, 'user-redis': still, 'user-mysql': still },
      targets: { cm: { connections: 10 }, im: {}, 'user-redis': {}, 'user-mysql': {} },
      hasten: 1_000,
    },
    read,
  );
  const rounds = async (count: number): Promise<void> => {
    for (let round = 0; round < count; round++) {
      now += 1_000;
      await scaler.round();
    }
  };
  return { pages, pids, says, decided, rounds };
}

test('the role whose figures ask for it gets instances, and a line says why', async () => {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { says, decided, rounds } = rig();
  says('cm-1', 25);
  await rounds(1);
  expect(decided).toEqual([{ role: 'cm', count: 3, unwanted: [] }]);
  expect(printed.mock.calls.flat()).toContain(
    'longwire: cm 1 -> 3: connections 25 (each 10) asks for 3, logins is missing\n',
  );
  printed.mockRestore();
});

test('an instance that hangs is counted out and replaced, one that still starts is waited for', async () => {
  const { pages, pids, says, decided, rounds } = rig();
  says('cm-1', 10);
  says('cm-2', 10);
  says('cm-3', 0, false);
  await rounds(3);
  expect(decided).toEqual([]);
  pages.set('cm-2', undefined);
  pages.set('cm-3', undefined);
  says('cm-1', 20);
  await rounds(2);
  expect(decided).toEqual([]);
  says('cm-1', 24);
  await rounds(1);
  expect(decided).toEqual([{ role: 'cm', count: 4, unwanted: ['cm-2'] }]);

  // Its process was ended and another one starts.
  pids.set('cm-2', 2);
  await rounds(3);
  expect(decided).toHaveLength(1);
});
