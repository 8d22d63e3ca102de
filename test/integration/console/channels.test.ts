import { expect, test } from 'vitest';
import { type VendorKind, vendorKinds } from '../../../services/common/protocol/channel-credentials.ts';
import { newApnsKey } from '../../rigs/vendors/apns.ts';
import { newServiceAccount } from '../../rigs/vendors/fcm.ts';
import { newHarmonyAccount } from '../../rigs/vendors/harmony.ts';
import { ConsoleRig } from './rig.ts';

const account = newServiceAccount();
const apns = newApnsKey();
const credentials: Record<VendorKind, object> = {
  fcm: { serviceAccount: account },
  apns,
  huawei: { appId: '100100', clientSecret: 'secret-of-huawei' },
  xiaomi: { appSecret: 'secret-of-xiaomi', packageName: 'com.example.app' },
  oppo: { appKey: 'key-of-oppo', masterSecret: 'secret-of-oppo' },
  vivo: { appId: '10004', appKey: 'key-of-vivo', appSecret: 'secret-of-vivo' },
  honor: { appId: '104436234', clientId: 'client', clientSecret: 'secret-of-honor' },
  harmony: { serviceAccount: newHarmonyAccount() },
};

async function rigWith(...keys: string[]) {
  const rig = await ConsoleRig.start({}, { channelKeys: keys });
  await rig.addApp('demo');
  return { rig, admin: await rig.visitor('alice', [{ right: 'admin', app: 'demo' }]) };
}

test('each kind is set, replaced and removed; the audit log names the kind, and no secret is anywhere', async () => {
  const { rig, admin } = await rigWith('key-of-the-deployment');
  for (const kind of vendorKinds) {
    const { status, body } = await admin.call('setChannel', { body: { [kind]: credentials[kind] } });
    expect({ status, kind: body['kind'] }).toEqual({ status: 200, kind });
  }
  rig.offsetMs = 60_000;
  await admin.call('setChannel', { body: { huawei: { appId: '100200', clientSecret: 'another-of-huawei' } } });
  expect((await admin.call('removeChannel', { params: { kind: 'oppo' } })).status).toBe(204);
  const listed = await admin.call<{ items: { kind: string; shown: object }[]; canSet: boolean }>('channels');
  expect(listed.body.canSet).toBe(true);
  expect(listed.body.items.map(({ kind }) => kind)).toEqual(vendorKinds.filter((kind) => kind !== 'oppo').sort());
  const shownOf = (kind: string) => listed.body.items.find((one) => one.kind === kind)?.shown;
  const secret = expect.stringMatching(/^sha256:[0-9a-f]{12}$/);
  expect(shownOf('huawei')).toEqual({ appId: '100200', secret });
  expect(shownOf('vivo')).toEqual({ appId: '10004', secret });
  expect(shownOf('apns')).toEqual({
    keyId: apns.keyId,
    teamId: apns.teamId,
    topic: apns.topic,
    production: 'true',
    secret,
  });

  const root = await rig.visitor('root', [{ right: 'admin', app: '*' }]);
  const rows = (await root.call<{ items: { action: string; target: string }[] }>('audit')).body.items;
  expect(rows.filter(({ action }) => action === 'setChannel').map(({ target }) => target)).toEqual([
    'huawei',
    ...[...vendorKinds].reverse(),
  ]);
  expect(rows.filter(({ action }) => action === 'removeChannel')).toMatchObject([
    { operator: 'alice', app: 'demo', target: 'oppo', result: 'done', detail: {} },
  ]);
  const texts = [listed.text, (await root.call('audit')).text];
  for (const text of texts) {
    for (const word of ['-of-huawei', '-of-xiaomi', '-of-oppo', '-of-vivo', '-of-honor', 'PRIVATE KEY']) {
      expect(text).not.toContain(word);
    }
  }
});

test('what is wrong is told by its field: by the schema of the kind, and of a key that its service couldn’t use', async () => {
  const { admin } = await rigWith('key-of-the-deployment');
  const errorOf = async (body: object) => (await admin.call('setChannel', { body })).error;
  const of = (field: string, reason: string) => ({ code: 'bad_request', field, reason });
  expect(await errorOf({ huawei: { appId: 'no', clientSecret: 's' } })).toMatchObject({
    ...of('huawei.appId', 'wrong_form_of'),
    params: { form: 'Digits, at most 20' },
  });
  expect(await errorOf({ huawei: { appId: '1' } })).toMatchObject(of('huawei.clientSecret', 'missing'));
  const { private_key, ...rest } = account;
  expect(await errorOf({ fcm: { serviceAccount: rest } })).toMatchObject(
    of('fcm.serviceAccount.private_key', 'missing'),
  );
  expect(await errorOf({ fcm: { serviceAccount: { ...rest, private_key: apns.privateKey } } })).toMatchObject(
    of('fcm.serviceAccount.private_key', 'no_rsa_key'),
  );
  expect(await errorOf({ apns: { ...apns, privateKey: private_key } })).toMatchObject(
    of('apns.privateKey', 'no_p256_key'),
  );
  expect(await errorOf({ gcm: {} })).toMatchObject(of('gcm', 'unknown_field'));
  expect((await errorOf({}))?.code).toBe('bad_request');
  const { huawei, vivo } = credentials;
  expect((await errorOf({ huawei, vivo }))?.code).toBe('bad_request');
  expect((await admin.call('removeChannel', { params: { kind: 'gcm' } })).error).toMatchObject({ field: 'kind' });
  expect((await admin.call('channels')).body['items']).toEqual([]);
});

test('without channelSecretsKeys that is said, and nothing is tried; an app that isn’t there is none', async () => {
  const { rig, admin } = await rigWith();
  expect((await admin.call('channels')).body).toEqual({ items: [], canSet: false });
  const body = { huawei: credentials.huawei };
  expect((await admin.call('setChannel', { body })).error).toMatchObject({
    code: 'conflict',
    reason: 'no_channel_keys',
  });
  const root = await rig.visitor('root', [{ right: 'admin', app: '*' }]);
  for (const name of ['channels', 'setChannel', 'removeChannel'] as const) {
    expect((await root.call(name, { params: { app: 'gone' } })).error?.code, name).toBe('not_found');
  }
});
