import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { Mac } from './mac.ts';

const keys = ['k', 'x'.repeat(64), 'longer than a block: '.repeat(10), 'schlüssel'];
const texts = ['', 'a', 'cid\napp\n0123', 'ü€𝄞', 'x'.repeat(5_000), 'short again'];

it('answers what HMAC-SHA-256 does, for keys and texts of any length', () => {
  for (const key of keys) {
    const mac = new Mac(key);
    for (const text of texts) {
      for (const encoding of ['hex', 'base64url'] as const) {
        expect(mac.of(text, encoding)).toBe(createHmac('sha256', key).update(text).digest(encoding));
      }
    }
  }
});
