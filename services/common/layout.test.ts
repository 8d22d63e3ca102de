import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LongwireError } from './errors.ts';
import { type Layout, layoutFault, watchLayout } from './layout.ts';

const theirs = { routePartitions: 16, routeGeneration: 3 };

test.each<[Layout, string | undefined]>([
  [{ routePartitions: 16, routeGeneration: 3 }, undefined],
  [{ routeGeneration: 3 }, undefined],
  // The first role of a new generation says it before the others have it.
  [{ routeGeneration: 4 }, undefined],
  [{ routePartitions: 32, routeGeneration: 3 }, 'routePartitions: is 32 here and 16 in user-redis'],
  [{ routePartitions: 16, routeGeneration: 2 }, 'routeGeneration: is 2 here and 3 in another role'],
])('%j beside 16 partitions of generation 3: %s', (mine, fault) => {
  if (fault === undefined) expect(layoutFault(mine, theirs)).toBeUndefined();
  else expect(layoutFault(mine, theirs)).toContain(fault);
});

test('a user-redis that is away, or of the version before, is no fault', async () => {
  const faults: string[] = [];
  for (const code of ['unavailable', 'not_found'] as const) {
    const layout = async (): Promise<never> => {
      throw new LongwireError(code, 'no');
    };
    const stop = await watchLayout({ layout }, theirs, (fault) => faults.push(fault), pino({ level: 'silent' }));
    stop();
  }
  expect(faults).toEqual([]);
});
