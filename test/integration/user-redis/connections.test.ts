import { expect, inject, test } from 'vitest';
import { attach, leaseOf, newCid, readyInstance, routeTo } from './fixtures.ts';

const url = inject('redisUrl');

test('a device’s connection is told with the node that has it, as long as that has a lease', async () => {
  const { calls } = await readyInstance(url);
  const [here, away] = [newCid(), newCid()];
  const items = [here, away].map((cid) => ({ cid }));
  const route = routeTo(7);
  const node = leaseOf(route);
  await calls.renewLease(node);
  await attach(calls, here, { route, loggedInAt: 5_000 });
  const [found, none] = (await calls.connections({ items })).results;
  expect(found).toEqual({ route, since: 5_000 });
  expect(none).toBeNull();
  await calls.releaseLease(node);
  expect((await calls.connections({ items })).results).toEqual([null, null]);
  await calls.renewLease({ ...node, boot: 'another' });
  expect((await calls.connections({ items })).results).toEqual([null, null]);
});
