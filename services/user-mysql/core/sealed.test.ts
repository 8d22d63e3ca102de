import { expect, test } from 'vitest';
import { Seal } from './sealed.ts';

const owner = ['app1', 'fcm'];
const text = JSON.stringify({ secret: 'höchst geheim' });

test('what is sealed has nothing of the text, is another each time, and opens with the key', () => {
  const seal = new Seal(['key-of-the-deployment']);
  const [a, b] = [seal.seal(text, owner)!, seal.seal(text, owner)!];
  expect(a).not.toBe(b);
  expect(a + Buffer.from(a.split('.')[3]!, 'base64url').toString('latin1')).not.toContain('geheim');
  expect([seal.open(a, owner), seal.open(b, owner)]).toEqual([text, text]);
  expect(new Seal([]).seal(text, owner)).toBeUndefined();
});

test('what was changed, is another’s, or was sealed with a key that is gone doesn’t open', () => {
  const seal = new Seal(['key-of-the-deployment']);
  const sealed = seal.seal(text, owner)!;
  expect(seal.open(sealed, ['app2', 'fcm'])).toBeUndefined();
  expect(seal.open(sealed, ['app1', 'apns'])).toBeUndefined();
  expect(new Seal(['another-key-entirely']).open(sealed, owner)).toBeUndefined();
  const at = sealed.length - 10;
  const other = sealed[at] === 'A' ? 'B' : 'A';
  expect(seal.open(sealed.slice(0, at) + other + sealed.slice(at + 1), owner)).toBeUndefined();
  for (const broken of ['', 'v1', 'v1.x.y.z', `v2${sealed.slice(2)}`, sealed.slice(0, -4)]) {
    expect(seal.open(broken, owner)).toBeUndefined();
  }
});

test('the first key seals, any opens: a key is changed by putting the new one before it', () => {
  const old = new Seal(['old-key-of-the-deployment']);
  const sealed = old.seal(text, owner)!;
  const both = new Seal(['new-key-of-the-deployment', 'old-key-of-the-deployment']);
  expect(both.open(sealed, owner)).toBe(text);
  const anew = both.seal(text, owner)!;
  expect(old.open(anew, owner)).toBeUndefined();
  expect(new Seal(['new-key-of-the-deployment']).open(anew, owner)).toBe(text);
  expect([sealed.startsWith(both.prefix!), anew.startsWith(both.prefix!)]).toEqual([false, true]);
});
