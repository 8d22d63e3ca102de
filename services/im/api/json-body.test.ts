import { describe, expect, it } from 'vitest';
import { maxNesting, parseJsonBody } from './json-body.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('a body', () => {
  it('is what its JSON says, also after a byte order mark', () => {
    expect(parse('\ufeff{"a":["字",1]}')).toEqual({ a: ['字', 1] });
  });

  it('that is nothing or null counts as empty', () => {
    for (const text of ['', ' \n', 'null', ' null ']) expect(parse(text)).toEqual({});
  });

  it('that is not JSON or not UTF-8 is a fault of that kind', () => {
    for (const text of ['{', '{"a":1,}', 'NaN', 'undefined', "''"]) {
      expect(() => parse(text)).toThrow(expect.objectContaining({ kind: 'notJson' }));
    }
    expect(() => parseJsonBody(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow('body is not JSON');
  });

  it('nests up to its limit and no deeper, and brackets in strings do not count', () => {
    expect(parse(nested(maxNesting))).toBeDefined();
    expect(() => parse(nested(maxNesting + 1))).toThrow('body is invalid');
    expect(parse(JSON.stringify({ a: `\\"${'[{'.repeat(100)}`, b: [] }))).toBeDefined();
  });
});
