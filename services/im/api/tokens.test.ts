import { describe, expect, it } from 'vitest';
import { equalText, issueToken, readToken } from './tokens.ts';

describe('tokens', () => {
  it('say what they were issued for', () => {
    const claims = readToken(['k1'], issueToken(['k1'], 'app-1_x', 123));
    expect(claims).toEqual({ app: 'app-1_x', expiresAt: 123, id: expect.stringMatching(/^[0-9a-f]{24}$/) });
  });

  it('are verified by any key, and signed by the first', () => {
    const token = issueToken(['old'], 'app', 1);
    expect(readToken(['new', 'old'], token)?.app).toBe('app');
    expect(readToken(['new'], token)).toBeUndefined();
    expect(readToken(['new'], issueToken(['new', 'old'], 'app', 1))?.app).toBe('app');
  });

  it('that were altered anywhere are none', () => {
    const token = issueToken(['k1'], 'app', 1_700_000_000_000);
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(readToken(['k1'], token.slice(0, index) + other + token.slice(index + 1))).toBeUndefined();
    }
    for (const text of ['', '.', '...', 'a.b.c.d', token.slice(0, -1), `${token}.`, 'x'.repeat(1_000)]) {
      expect(readToken(['k1'], text)).toBeUndefined();
    }
  });

  it('of one app have ids of their own', () => {
    const ids = Array.from({ length: 50 }, () => readToken(['k'], issueToken(['k'], 'app', 1))?.id);
    expect(new Set(ids).size).toBe(50);
  });

  it('equalText compares texts of any length', () => {
    expect([equalText('a', 'a'), equalText('a', 'b'), equalText('a', 'aa'), equalText('', '')]).toEqual([
      ...[true, false, false, true],
    ]);
  });
});
