import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientFrames } from '../../common/protocol/device-frames.ts';
import { parseFrame } from './frames.ts';

const cid = '0123456789abcdef0123456789abcdef';
const login = { t: 'login', appId: 'app', cid, token: 'token', seq: 0 };

function fault(frame: unknown): string {
  const parsed = parseFrame(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return parsed.ok ? 'none' : parsed.fault;
}

test('a frame is read with its fields; those it should not have are no fault', () => {
  const parsed = parseFrame(JSON.stringify({ ...login, bseq: 7, extra: [1] }));
  expect(parsed).toMatchObject({ ok: true, frame: { ...login, bseq: 7 } });
});

describe('a fault names the field', () => {
  test.each([
    ['no JSON', '{"t":', 'the frame is not JSON'],
    ['a list', '[]', 'the frame is not a JSON object'],
    ['null', 'null', 'the frame is not a JSON object'],
    ['an unknown kind', { t: 'hello' }, 't: must be one of'],
    ['a kind named like a part of every object', { t: 'constructor' }, 't: must be one of'],
    ['no kind', {}, 't: must be one of'],
    ['a field that is missing', { ...login, cid: undefined }, 'cid: '],
    ['a field of another type', { ...login, seq: '1' }, 'seq: '],
    ['a position beyond 2^53', { ...login, seq: 2 ** 53 }, 'seq: '],
    ['a position that is no integer', { t: 'ack', seq: 1.5 }, 'seq: '],
    [
      'half of a surrogate pair',
      { t: 'alias', rid: 1, op: 'bind', alias: 'a\ud800' },
      'alias: holds half of a surrogate pair',
    ],
    ['one in a list', { t: 'tags', rid: 1, set: ['a', 'b\udfff'] }, 'set.1: holds half'],
    ['a cid in capitals', { ...login, cid: cid.toUpperCase() }, 'cid: '],
    [
      'a field within a field',
      { t: 'register', appId: 'a', ts: 1, nonce: '12345678', sign: '0'.repeat(64), device: { platform: 'car' } },
      'device.platform: ',
    ],
  ])('%s', (_what, frame, expected) => {
    expect(fault(frame).startsWith(expected), fault(frame)).toBe(true);
  });
});

test('whatever JSON comes, reading it never throws, and a fault is short and repeats nothing of it', () => {
  const marker = 'never-repeated-';
  const kinds = fc.constantFrom(...Object.keys(clientFrames));
  const long = fc.string({ minLength: 20, maxLength: 200 }).map((text) => marker + text);
  const value = fc.oneof(fc.jsonValue(), long, fc.dictionary(long, fc.jsonValue()));
  const fields = fc.dictionary(
    fc.constantFrom('appId', 'cid', 'token', 'seq', 'device', 'rid', 'set', 'at', 'id'),
    value,
  );
  const frame = fc.oneof(
    fc.jsonValue(),
    fc.tuple(kinds, fields).map(([t, rest]) => ({ ...rest, t })),
    long,
  );
  fc.assert(
    fc.property(frame, (one) => {
      const said = fault(JSON.stringify(one));
      expect(said.length).toBeLessThanOrEqual(200);
      expect(said).not.toContain(marker);
    }),
    { seed: 20_260_104, numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      expect(fault(text)).toBeTypeOf('string');
    }),
    { seed: 20_260_105, numRuns: 1_000 },
  );
});
