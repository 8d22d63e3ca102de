import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { browserSubscription } from '../testing/subscription.ts';
import { readSubscription } from './subscription.ts';

const good = browserSubscription();
const point = Buffer.from(good.keys.p256dh, 'base64url');
const withKeys = (keys: object) => ({ ...good, keys: { ...good.keys, ...keys } });

describe('a Web Push subscription', () => {
  it('is kept without the fields that nobody reads', () => {
    const { endpoint, keys } = good;
    const given = { ...good, keys: { ...keys, more: 1 } };
    expect(readSubscription('webpush', given)).toEqual({ ok: true, subscription: { endpoint, keys } });
  });

  it('may have a long endpoint, with a port and a query, up to the limit', () => {
    const start = 'https://push.example:8443/x?y=';
    const endpoint = start + 'a'.repeat(2_048 - start.length);
    expect(readSubscription('webpush', { ...good, endpoint })).toMatchObject({ ok: true, subscription: { endpoint } });
    expect(readSubscription('webpush', { ...good, endpoint: `${endpoint}a` })).toMatchObject({ ok: false });
    // Longer once it is written as a URL.
    expect(readSubscription('webpush', { ...good, endpoint: `${start}${'é'.repeat(1_000)}` })).toMatchObject({
      ok: false,
    });
  });

  it.each([
    [{ ...good, endpoint: undefined }, 'endpoint'],
    [{ ...good, endpoint: 7 }, 'endpoint'],
    [{ ...good, endpoint: 'push' }, 'endpoint'],
    [{ ...good, endpoint: 'http://push.example/1' }, 'endpoint'],
    [{ ...good, endpoint: 'https://user:word@push.example/1' }, 'endpoint'],
    [{ ...good, keys: undefined }, 'keys'],
    [{ ...good, keys: 'x' }, 'keys'],
    [withKeys({ p256dh: undefined }), 'keys.p256dh'],
    [withKeys({ p256dh: point.subarray(0, 64).toString('base64url') }), 'keys.p256dh'],
    [withKeys({ p256dh: `${good.keys.p256dh}=` }), 'keys.p256dh'],
    // Not on the curve; and encodings of a point that are not the uncompressed one.
    [withKeys({ p256dh: Buffer.alloc(65, 4).toString('base64url') }), 'keys.p256dh'],
    [
      withKeys({ p256dh: Buffer.from([6 + (point[64]! & 1), ...point.subarray(1)]).toString('base64url') }),
      'keys.p256dh',
    ],
    [withKeys({ p256dh: createECDH('prime256v1').generateKeys('base64url', 'compressed') }), 'keys.p256dh'],
    [withKeys({ auth: undefined }), 'keys.auth'],
    [withKeys({ auth: Buffer.alloc(15).toString('base64url') }), 'keys.auth'],
    [withKeys({ auth: `${'A'.repeat(21)}+` }), 'keys.auth'],
  ])('%# is refused by the name of its field', (given, field) => {
    const read = readSubscription('webpush', given);
    expect(read).toMatchObject({ ok: false, fault: expect.stringMatching(new RegExp(`^subscription\\.${field}: `)) });
  });
});

it('a token of a vendor is printable ASCII without spaces, of 1 to 4,096 characters, and nothing else is kept', () => {
  expect(readSubscription('fcm', { token: 'a:b', more: 1 })).toEqual({ ok: true, subscription: { token: 'a:b' } });
  expect(readSubscription('apns', { token: 'a'.repeat(4_096) })).toMatchObject({ ok: true });
  for (const token of ['', 'a b', 'ä', 'a\n', 'a'.repeat(4_097), 5, undefined, {}]) {
    expect(readSubscription('huawei', { token })).toEqual({
      ok: false,
      fault: 'subscription.token: must be 1 to 4096 printable characters of ASCII, without spaces',
    });
  }
});
