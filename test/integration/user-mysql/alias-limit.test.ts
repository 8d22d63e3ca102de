import { expect, test } from 'vitest';
import { maxCidsPerAlias } from '../../../services/common/protocol/user-mysql-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, cidsOf, instanceOn, migratedDatabase } from './fixtures.ts';

const app = 'app1';

test('instances that bind the same alias at once never pass its limit', async () => {
  const { url, database } = await migratedDatabase();
  const instances = [database, instanceOn(url)].map((one) => createCalls(one, Date.now));
  const outcomes = await Promise.allSettled(
    cidsOf(0, 30).map((cid, index) => instances[index % 2]!.bindAliases({ app, list: [{ cid, alias: 'wanted' }] })),
  );
  const refused = outcomes.filter((one) => one.status === 'rejected');
  expect(refused.map((one) => one.reason.code)).toEqual(Array(20).fill('conflict'));
  const { results } = await instances[0]!.cidsOf({ items: [{ app, alias: 'wanted' }] });
  expect(results[0]!.cids).toHaveLength(maxCidsPerAlias);
});

test('lists over the same aliases and cids in opposite orders all come to an end, each whole', async () => {
  const { url, database } = await migratedDatabase();
  const instances = [database, instanceOn(url)].map((one) => createCalls(one, Date.now));
  const cids = cidsOf(0, 40);
  // Each list gives all cids to aliases of its own number, four to an alias.
  const lists = Array.from({ length: 8 }, (_none, n) => {
    const list = cids.map((cid, index) => ({ cid, alias: `${n}-${index % 10}` }));
    return n % 2 === 0 ? list : list.reverse();
  });
  await Promise.all(lists.map((list, n) => instances[n % 2]!.bindAliases({ app, list })));
  const { results } = await instances[0]!.aliasesOf({ items: cids.map((cid) => ({ app, cid })) });
  const winners = new Set(results.map(({ alias }) => alias?.split('-')[0]));
  expect([...winners]).toHaveLength(1);
  expect(winners).not.toContain(undefined);
});

test('cids that move between two full aliases at once leave both within the limit', async () => {
  const { url, database } = await migratedDatabase();
  const instances = [database, instanceOn(url)].map((one) => createCalls(one, Date.now));
  await instances[0]!.bindAliases({ app, list: cidsOf(0, 10).map((cid) => ({ cid, alias: 'left' })) });
  await instances[0]!.bindAliases({ app, list: cidsOf(100, 10).map((cid) => ({ cid, alias: 'right' })) });
  const moves = cidsOf(0, 10).flatMap((cid, index) => [
    instances[0]!.bindAliases({ app, list: [{ cid, alias: 'right' }] }),
    instances[1]!.bindAliases({ app, list: [{ cid: cidOf(100 + index), alias: 'left' }] }),
  ]);
  for (const outcome of await Promise.allSettled(moves)) {
    if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('conflict');
  }
  const { results } = await instances[0]!.cidsOf({
    items: [
      { app, alias: 'left' },
      { app, alias: 'right' },
    ],
  });
  const sizes = results.map(({ cids }) => cids.length);
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(20);
  expect(Math.max(...sizes)).toBe(maxCidsPerAlias);
});
