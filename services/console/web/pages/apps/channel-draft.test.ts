import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { channelCredentials, vendorKinds } from '../../../../common/protocol/channel-credentials.ts';
import { credentialsOf, draftOf, faultsOf, fieldNamed, readFile } from './channel-draft.ts';

const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n';
const file = { type: 'service_account', project_id: 'demo-1', client_email: 'a@b.c', private_key: pem };

test('an empty form of each kind has no fault but fields that are needed, and those are the schema’s', () => {
  for (const kind of vendorKinds) {
    const faults = faultsOf(kind, draftOf(kind));
    expect(new Set([...faults.values()].map(({ rule }) => rule)), kind).toEqual(new Set(['required']));
  }
  expect([...faultsOf('huawei', draftOf('huawei')).keys()]).toEqual(['appId', 'clientSecret']);
});

test('the vendor’s file fills the fields, and the form is then what the schema takes', () => {
  const found = readFile('fcm', JSON.stringify(file))!;
  expect(found).toEqual({ project_id: 'demo-1', client_email: 'a@b.c', private_key: pem });
  const draft = { ...draftOf('fcm'), ...found };
  expect(faultsOf('fcm', draft).size).toBe(0);
  expect(Check(channelCredentials.fcm, credentialsOf('fcm', draft))).toBe(true);
  expect(readFile('fcm', JSON.stringify({ serviceAccount: file }))).toEqual(found);
  expect(readFile('apns', pem)).toEqual({ privateKey: pem });
  for (const text of ['', '{', '[]', 'null', '{"other": 1}', '{"project_id": 7}']) {
    expect(readFile('fcm', text), text).toBeUndefined();
  }
});

test('a key that was copied out of a file of JSON has its line ends', () => {
  const draft = {
    ...draftOf('fcm'),
    ...readFile('fcm', JSON.stringify(file)),
    private_key: pem.replaceAll('\n', '\\n'),
  };
  expect(credentialsOf('fcm', draft)).toMatchObject({ serviceAccount: { private_key: pem.trim() } });
  expect(faultsOf('fcm', draft).size).toBe(0);
});

test('a fault is of the field that has it, with what the field takes', () => {
  const draft = { ...draftOf('huawei'), appId: 'app', clientSecret: 'x'.repeat(257), projectId: '1' };
  expect([...faultsOf('huawei', draft)]).toEqual([
    ['appId', { rule: 'form', form: 'Digits, at most 20' }],
    ['clientSecret', { rule: 'tooLong', limit: 256 }],
  ]);
  expect(fieldNamed('fcm', 'fcm.serviceAccount.private_key')).toBe('private_key');
  expect(fieldNamed('fcm', 'apns.privateKey')).toBeUndefined();
  expect(fieldNamed('fcm', undefined)).toBeUndefined();
});

test('what may be seen of credentials needs not be typed again, secrets do', () => {
  const shown = { keyId: 'ABC123DEFG', production: 'false', secret: 'sha256:0', privateKey: 'never' };
  expect(draftOf('apns', shown)).toMatchObject({ keyId: 'ABC123DEFG', production: false, privateKey: '', topic: '' });
  expect(draftOf('apns')).toMatchObject({ production: true });
});
