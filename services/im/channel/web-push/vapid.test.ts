import { expect, test } from 'vitest';
import webpush from 'web-push';
import { isUnreachable, vapidOf } from './vapid.ts';

const { publicKey: webPushPublicKey, privateKey: webPushPrivateKey } = webpush.generateVAPIDKeys();
const whole = { webPushSubject: 'mailto:push@example.com', webPushPublicKey, webPushPrivateKey };

test('Web Push is off without keys, and on with a pair and a subject', () => {
  expect(vapidOf({})).toBeUndefined();
  expect(vapidOf(whole)).toEqual({
    ...{ subject: 'mailto:push@example.com', publicKey: webPushPublicKey, privateKey: webPushPrivateKey },
  });
});

test('a part that is missing and keys of two pairs are refused', () => {
  for (const key of Object.keys(whole)) {
    const { [key as keyof typeof whole]: _, ...rest } = whole;
    expect(() => vapidOf(rest)).toThrow('belong together');
  }
  const other = webpush.generateVAPIDKeys();
  expect(() => vapidOf({ ...whole, webPushPrivateKey: other.privateKey })).toThrow('not of one pair');
});

test.each([
  ['mailto:push@example.com', false],
  ['https://example.com/contact', false],
  ['mailto:longwire@localhost', true],
  ['https://localhost/', true],
  ['mailto:push@host.internal', true],
])('a subject of nobody who can be reached is told from others: %s', (subject, unreachable) => {
  expect(isUnreachable(subject)).toBe(unreachable);
});
