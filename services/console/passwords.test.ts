import { expect, test, vi } from 'vitest';
import { hashPassword } from '../common/password-hash.ts';
import { Passwords } from './passwords.ts';

// Several hashes, each of 19 MiB: seconds on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

test('a hash is argon2id with OWASP’s parameters and a salt of its own, and fits its password alone', async () => {
  const passwords = new Passwords();
  const [one, two] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await passwords.verify('correct horse', one)).toBe(true);
  expect(await passwords.verify('correct horsf', one)).toBe(false);
  expect(await passwords.verify('anything', null)).toBe(false);
  expect(await passwords.verify('anything', 'no hash')).toBe(false);
  expect(await passwords.verify('correct horse', hashPassword('correct horse'))).toBe(true);
});

test('letters written in another way are the same password', async () => {
  const passwords = new Passwords();
  expect(await passwords.verify('cafe\u0301', await passwords.hash('caf\u00e9'))).toBe(true);
});

test('two are computed at once, twenty wait, and one more is told to come again', async () => {
  const passwords = new Passwords();
  const hash = hashPassword('x');
  const tries = Array.from({ length: 23 }, () => passwords.verify('y', hash));
  const ended = await Promise.allSettled(tries);
  expect(ended.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
  expect(ended.at(-1)).toMatchObject({ reason: { code: 'too_many_attempts', details: { retryAfterMs: 2_000 } } });
  expect(await passwords.verify('x', hash)).toBe(true);
});
