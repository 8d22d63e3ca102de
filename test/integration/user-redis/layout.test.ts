import { expect, inject, test } from 'vitest';
import { partitions, readyInstance } from './fixtures.ts';

const url = inject('redisUrl');

test('the highest generation that a role has said lately counts, whoever asks; partitions are those of user-redis', async () => {
  const { calls, clock } = await readyInstance(url);
  const said = async (routeGeneration: number) => calls.layout({ routeGeneration });
  expect(await said(2)).toEqual({ routePartitions: partitions, routeGeneration: 2 });
  expect(await said(3)).toEqual({ routePartitions: partitions, routeGeneration: 3 });
  expect(await said(2)).toEqual({ routePartitions: partitions, routeGeneration: 3 });
  clock.aheadMs = 61_000;
  expect(await said(2)).toEqual({ routePartitions: partitions, routeGeneration: 2 });
});
