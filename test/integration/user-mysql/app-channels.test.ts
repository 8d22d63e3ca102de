import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ChannelReceipt } from '../../../services/common/protocol/bus-records.ts';
import { createCalls } from '../../../services/user-mysql/calls.ts';
import { Seal } from '../../../services/user-mysql/core/sealed.ts';
import { resealChannels } from '../../../services/user-mysql/edges/app-channels.ts';
import { createReceiptStore } from '../../../services/user-mysql/edges/receipt-store.ts';
import { newApnsKey } from '../../rigs/vendors/apns.ts';
import { newServiceAccount } from '../../rigs/vendors/fcm.ts';
import { cidOf, cidsOf, migratedDatabase, recordsFrom } from './fixtures.ts';

const app = 'app1';
const account = newServiceAccount();
const key = newApnsKey();

async function rig(keys = ['key-of-the-deployment']) {
  const { database } = await migratedDatabase();
  const errors: unknown[] = [];
  const callsWith = (...some: string[]) =>
    createCalls(database, () => 5, {
      seal: new Seal(some),
      log: { error: (...args: unknown[]) => void errors.push(args) },
    });
  const calls = callsWith(...keys);
  const secrets = { appKey: 'k', masterSecret: 'm', appSecret: 's', name: 'One', disabled: false };
  await calls.createApp({ appId: app, ...secrets });
  return { database, calls, callsWith, errors };
}

const fcm = { kind: 'fcm' as const, credentials: { serviceAccount: account } };
const apns = { kind: 'apns' as const, credentials: key };

test('credentials are kept encrypted, shown without their secrets, and given whole to who sends', async () => {
  const { database, calls } = await rig();
  await calls.setAppChannel({ appId: app, channel: fcm });
  await calls.setAppChannel({ appId: app, channel: apns });
  const { channels } = await calls.appChannels({ appId: app });
  expect(channels).toEqual([
    {
      kind: 'apns',
      setAt: 5,
      shown: {
        ...{ keyId: key.keyId, teamId: key.teamId, topic: key.topic, production: 'true' },
        secret: expect.stringMatching(/^sha256:[0-9a-f]{12}$/),
      },
    },
    {
      kind: 'fcm',
      setAt: 5,
      shown: expect.objectContaining({ project_id: 'demo-1', client_email: account.client_email }),
    },
  ]);
  const rows = await database.rows<object>('SELECT * FROM app_channel');
  for (const secret of [account.private_key, key.privateKey]) {
    const inner = secret.split('\n')[1]!;
    expect(JSON.stringify(rows)).not.toContain(inner);
    expect(JSON.stringify(channels)).not.toContain(inner);
  }
  const { type: _type, token_uri: _uri, ...needed } = account;
  const given = await calls.appCredentials({ appId: app });
  expect(given.channels).toHaveLength(2);
  expect(given.channels).toEqual(
    expect.arrayContaining([apns, { kind: 'fcm', credentials: { serviceAccount: needed } }]),
  );
  expect((await calls.app({ appId: app })).app?.channels).toEqual(['fcm', 'apns']);
  await calls.removeAppChannel({ appId: app, kind: 'fcm' });
  expect((await calls.app({ appId: app })).app?.channels).toEqual(['apns']);
  expect((await calls.appCredentials({ appId: 'other' })).channels).toEqual([]);
});

test('what could not be used later is refused at once, by its field and with nothing of it', async () => {
  const { calls, callsWith } = await rig();
  const ec = key.privateKey;
  const small = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey;
  const weak = small.export({ type: 'pkcs8', format: 'pem' }).toString();
  const wrong = [
    [{ ...apns, credentials: { ...key, privateKey: account.private_key } }, 'privateKey'],
    [{ ...apns, credentials: { ...key, privateKey: '-----BEGIN PRIVATE KEY-----\nno\n' } }, 'privateKey'],
    [{ ...fcm, credentials: { serviceAccount: { ...account, private_key: ec } } }, 'serviceAccount.private_key'],
    [{ ...fcm, credentials: { serviceAccount: { ...account, private_key: weak } } }, 'serviceAccount.private_key'],
  ] as const;
  for (const [channel, field] of wrong) {
    await expect(calls.setAppChannel({ appId: app, channel })).rejects.toMatchObject({ code: 'bad_request', field });
  }
  await expect(calls.setAppChannel({ appId: 'app2', channel: fcm })).rejects.toMatchObject({ code: 'not_found' });
  await expect(callsWith().setAppChannel({ appId: app, channel: fcm })).rejects.toMatchObject({ code: 'unavailable' });
  expect((await calls.appChannels({ appId: app })).channels).toEqual([]);
});

test('a key is changed: both open what the old one sealed, it is sealed anew, and then the new one does alone', async () => {
  const { database, calls, callsWith, errors } = await rig(['old-key-of-the-deployment']);
  await calls.setAppChannel({ appId: app, channel: apns });
  const both = ['new-key-of-the-deployment', 'old-key-of-the-deployment'];
  expect((await callsWith(...both).appCredentials({ appId: app })).channels).toEqual([apns]);
  expect((await callsWith(both[0]!).appCredentials({ appId: app })).channels).toEqual([]);
  expect(errors).toEqual([[{ app, kind: 'apns' }, expect.any(String)]]);
  expect(await resealChannels(database, new Seal(both))).toBe(1);
  expect(await resealChannels(database, new Seal(both))).toBe(0);
  expect((await callsWith(both[0]!).appCredentials({ appId: app })).channels).toEqual([apns]);
});

test('what came of a task by channels is counted once a device and channel, whatever is said later', async () => {
  const { database, calls } = await rig();
  const store = createReceiptStore(database, { group: 'g', topic: 't' });
  const receipt = (channel: ChannelReceipt['channel'], result: string, cids: string[]): ChannelReceipt => ({
    ...{ kind: 'channel', app, task: 'RASL_1', at: 1_000 },
    ...{ channel, result, cids },
  });
  await store.apply(
    3,
    recordsFrom(0, [
      receipt('fcm', 'sent', cidsOf(0, 10)),
      receipt('apns', 'gone:Unregistered', [cidOf(1)]),
      receipt('fcm', 'refused:INVALID_ARGUMENT', [cidOf(9), cidOf(10)]),
    ]),
  );
  await store.apply(3, recordsFrom(3, [receipt('fcm', 'sent', cidsOf(5, 10))]));
  const { results } = await calls.taskCounts({ items: [{ app, task: 'RASL_1' }] });
  expect(results[0]).toEqual({
    counts: [],
    channels: [
      { channel: 'apns', result: 'gone:Unregistered', count: 1 },
      { channel: 'fcm', result: 'refused:INVALID_ARGUMENT', count: 1 },
      { channel: 'fcm', result: 'sent', count: 14 },
    ],
  });
  const rows = await database.rows('SELECT kind, result, COUNT(*) AS count FROM channel_result GROUP BY kind, result');
  expect(rows).toHaveLength(3);
});
