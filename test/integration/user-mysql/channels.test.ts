import { expect, test } from 'vitest';
import type { WebPushSubscription } from '../../../services/common/protocol/channel-calls.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { cidOf, migratedDatabase } from './fixtures.ts';

const app = 'app1';
const kind = 'webpush';

function subscriptionOf(number: number): WebPushSubscription {
  const endpoint = `https://push.example/${number}`;
  return {
    endpoint: endpoint + 'a'.repeat(2_048 - endpoint.length),
    keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) },
  };
}

async function rig() {
  const { database } = await migratedDatabase();
  const calls = createCalls(database, () => 5);
  const at = { app, at: 1, device: { platform: 'web' as const } };
  await calls.registerDevices({ items: [1, 2].map((n) => ({ ...at, cid: cidOf(n) })) });
  const found = async (...cids: string[]) =>
    (await calls.channelsOf({ items: cids.map((cid) => ({ app, cid })) })).results.map(({ channels }) => channels);
  return { calls, database, found };
}

test('a device has one subscription of a kind: the one that it set last, until it drops it', async () => {
  const { calls, found } = await rig();
  for (const n of [1, 2]) await calls.setChannel({ app, cid: cidOf(1), kind, subscription: subscriptionOf(n) });
  expect(await found(cidOf(1), cidOf(2), cidOf(999))).toEqual([[{ kind, subscription: subscriptionOf(2) }], [], []]);
  expect((await calls.channelsOf({ items: [{ app: 'app2', cid: cidOf(1) }] })).results).toEqual([{ channels: [] }]);
  for (const _ of [1, 2]) await calls.setChannel({ app, cid: cidOf(1), kind, subscription: null });
  expect(await found(cidOf(1))).toEqual([[]]);
});

test('a subscription is of the device of its app that set it last', async () => {
  const { calls, database, found } = await rig();
  const set = (of: string, n: number, subscription: WebPushSubscription) =>
    calls.setChannel({ app: of, cid: cidOf(n), kind, subscription });
  await calls.registerDevices({ items: [{ app: 'app2', at: 1, device: { platform: 'web' }, cid: cidOf(3) }] });
  await set('app2', 3, subscriptionOf(1));
  await set(app, 1, subscriptionOf(1));
  await set(app, 2, subscriptionOf(2));
  expect(await found(cidOf(1))).toHaveLength(1);
  // A repeat of the call takes nothing from the device itself.
  for (const _ of [1, 2]) await set(app, 2, subscriptionOf(1));
  expect(await found(cidOf(1), cidOf(2))).toEqual([[], [{ kind, subscription: subscriptionOf(1) }]]);
  expect(await database.rows('SELECT COUNT(*) AS n FROM channel')).toEqual([{ n: 2 }]);
});

test('a device that the app doesn’t have keeps nothing', async () => {
  const { calls, database } = await rig();
  const set = (of: string, cid: string) => calls.setChannel({ app: of, cid, kind, subscription: subscriptionOf(1) });
  await expect(set(app, cidOf(999))).rejects.toMatchObject({ code: 'not_found' });
  await expect(set('app2', cidOf(1))).rejects.toMatchObject({ code: 'not_found' });
  expect(await database.rows('SELECT COUNT(*) AS n FROM channel')).toEqual([{ n: 0 }]);
});

test('what is dropped as useless is that very subscription: one that was set meanwhile stays', async () => {
  const { calls, found } = await rig();
  for (const n of [1, 2]) await calls.setChannel({ app, cid: cidOf(n), kind, subscription: subscriptionOf(n) });
  const { endpoint, keys } = subscriptionOf(1);
  const items = [
    // Its fields in another order.
    {
      app,
      cid: cidOf(1),
      channel: { kind, subscription: { keys: { auth: keys.auth, p256dh: keys.p256dh }, endpoint } },
    },
    { app, cid: cidOf(2), channel: { kind, subscription: subscriptionOf(3) } },
  ] as const;
  for (const _ of [1, 2]) await calls.dropChannels({ items: [...items] });
  expect(await found(cidOf(1), cidOf(2))).toEqual([[], [{ kind, subscription: subscriptionOf(2) }]]);
});

test('a device has a token of each vendor beside its Web Push; a dead one is dropped, unless it was replaced', async () => {
  const { calls, found } = await rig();
  const token = (text: string) => ({ token: text });
  await calls.setChannel({ app, cid: cidOf(1), kind, subscription: subscriptionOf(1) });
  await calls.setChannel({ app, cid: cidOf(1), kind: 'fcm', subscription: token('a'.repeat(4_080)) });
  await calls.setChannel({ app, cid: cidOf(1), kind: 'honor', subscription: token('h1') });
  expect((await found(cidOf(1)))[0]!.map((one) => one.kind).sort()).toEqual(['fcm', 'honor', 'webpush']);
  const drop = (text: string) =>
    calls.dropChannels({
      items: [{ app, cid: cidOf(1), channel: { kind: 'honor', subscription: token(text) } }],
    });
  await drop('h0');
  expect((await found(cidOf(1)))[0]).toHaveLength(3);
  await drop('h1');
  expect((await found(cidOf(1)))[0]!.map((one) => one.kind).sort()).toEqual(['fcm', 'webpush']);
  const wrong = calls.setChannel({ app, cid: cidOf(1), kind: 'fcm', subscription: subscriptionOf(1) });
  await expect(wrong).rejects.toMatchObject({ code: 'bad_request', field: 'subscription' });
});
