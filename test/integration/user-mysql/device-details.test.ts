import { beforeEach, expect, test } from 'vitest';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, cidsOf, migratedDatabase } from './fixtures.ts';

const app = 'app1';
let calls: ReturnType<typeof createCalls>;

beforeEach(async () => {
  const { database } = await migratedDatabase();
  calls = createCalls(database, Date.now);
  await calls.registerDevices({
    items: [
      { app, cid: cidOf(1), device: { platform: 'ios', model: '手机 12' }, at: 5 },
      { app, cid: cidOf(2), device: { platform: 'web' }, at: 6 },
      { app: 'app2', cid: cidOf(3), device: { platform: 'web' }, at: 7 },
    ],
  });
});

const detailsOf = async (...cids: string[]) =>
  (await calls.deviceDetails({ items: cids.map((cid) => ({ app, cid })) })).results;
const badgeOf = async (cid: string) => (await detailsOf(cid))[0]?.badge;

test('details are those of the app’s devices, in order, and null for others', async () => {
  expect(await detailsOf(cidOf(2), cidOf(3), cidOf(1), cidOf(9))).toEqual([
    { platform: 'web', model: null, registeredAt: 6, badge: 0 },
    null,
    { platform: 'ios', model: '手机 12', registeredAt: 5, badge: 0 },
    null,
  ]);
});

test('badges are set and added to, from 0 to their limit, and a change that is repeated counts once', async () => {
  const cid = cidOf(1);
  let changes = 0;
  const change = async (to: { set: number } | { add: number }, name = `c${++changes}`) => {
    await calls.changeBadges({ app, cids: [cid, cid], change: name, to });
    return badgeOf(cid);
  };
  expect(await change({ add: -3 })).toBe(0);
  expect(await change({ set: 7 })).toBe(7);
  expect(await change({ add: 2 }, 'again')).toBe(9);
  expect(await change({ add: 2 }, 'again')).toBe(9);
  expect(await change({ add: -20 })).toBe(0);
  expect(await change({ set: 999_999_999 })).toBe(999_999_999);
  expect(await change({ add: 999_999_999 })).toBe(999_999_999);
  await calls.changeBadges({ app, cids: cidsOf(2, 200), change: 'many', to: { add: 4 } });
  expect(await badgeOf(cidOf(2))).toBe(4);
  expect(await badgeOf(cid)).toBe(999_999_999);
});
