import { expect, test } from 'vitest';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, cidsOf, migratedDatabase } from './fixtures.ts';

const app = 'app1';

test('devices are on the blacklist of their app until they are taken off; repeats change nothing', async () => {
  const { database } = await migratedDatabase();
  let now = 5;
  const calls = createCalls(database, () => now);
  const cids = cidsOf(1, 200);
  const listed = async (of: string, ...asked: string[]) =>
    (await calls.blacklisted({ items: asked.map((cid) => ({ app: of, cid })) })).results.map((one) => one.blacklisted);
  await calls.addToBlacklist({ app, cids: [...cids, cids[0]!] });
  now = 9;
  await calls.addToBlacklist({ app, cids: cids.slice(0, 1) });
  expect(await database.rows('SELECT COUNT(*) AS n, MAX(added_at) AS at FROM blacklist')).toEqual([{ n: 200, at: 5 }]);
  expect(await listed(app, cidOf(1), cidOf(999), cidOf(200))).toEqual([true, false, true]);
  expect(await listed('app2', cidOf(1))).toEqual([false]);
  for (const _ of [1, 2]) await calls.takeFromBlacklist({ app, cids: [cidOf(1), cidOf(999)] });
  expect(await listed(app, cidOf(1), cidOf(2))).toEqual([false, true]);
});
