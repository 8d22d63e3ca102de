import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { readCredentials } from './credentials.ts';

const pem = (type: 'rsa' | 'ec') => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};
const account = { type: 'service_account', project_id: 'demo-1', client_email: 'a@b.c', private_key: pem('rsa') };
const key = { keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ', privateKey: pem('ec'), topic: 'com.example.demo' };

test('the file of a service account is taken as its vendor gives it, and so are the fields of a kind', () => {
  const { type: _type, ...kept } = account;
  const whole = { kind: 'fcm', credentials: { serviceAccount: kept } };
  expect(readCredentials('fcm', JSON.stringify(account))).toEqual(whole);
  expect(readCredentials('fcm', JSON.stringify({ serviceAccount: account }))).toEqual(whole);
  expect(readCredentials('apns', JSON.stringify({ ...key, note: 'x' }))).toEqual({
    kind: 'apns',
    credentials: { ...key, production: true },
  });
});

test.each([
  ['fcm', '{', 'no JSON'],
  ['fcm', '[]', 'an object of JSON'],
  ['fcm', JSON.stringify({ ...account, project_id: 'A B' }), 'fcm: serviceAccount.project_id'],
  ['apns', JSON.stringify({ ...key, keyId: 'short' }), 'apns: keyId'],
  ['apns', JSON.stringify({ ...key, privateKey: 'secret-text' }), 'apns: privateKey'],
  ['oppo', JSON.stringify({ appKey: 'k' }), 'fields are appKey, masterSecret'],
] as const)('%s: a fault is named by its field, with nothing of its content (%#)', (kind, text, said) => {
  expect(() => readCredentials(kind, text)).toThrow(said);
  expect(() => readCredentials(kind, text)).not.toThrow('secret-text');
});
