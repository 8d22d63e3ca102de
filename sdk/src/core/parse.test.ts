import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFrame } from './parse.ts';

describe('parseFrame', () => {
  it('passes over kinds and fields that nobody here knows', () => {
    expect(parseFrame('{"t":"hologram","x":1}')).toEqual({});
    expect(parseFrame('{"t":"constructor"}')).toEqual({});
    expect(parseFrame('{"t":"pong","x":1}')).toEqual({ frame: { t: 'pong', x: 1 } });
  });

  it.each([
    '',
    'null',
    '[]',
    '7',
    '{',
    '{"t":1}',
    '{"t":"registered","cid":1,"token":"t"}',
    '{"t":"welcome","heartbeat":0,"bseq":0}',
    '{"t":"welcome","heartbeat":60,"bseq":-1}',
    '{"t":"push","id":"m","task":"t","at":1,"exp":2}',
    '{"t":"push","id":"","task":"t","at":1,"exp":2,"transmission":"x"}',
    '{"t":"push","id":"m","task":"t","seq":"1","at":1,"exp":2,"transmission":"x"}',
    '{"t":"push","id":"m","task":"t","seq":9007199254740993,"at":1,"exp":2,"transmission":"x"}',
    '{"t":"push","id":"m","task":"t","at":1,"exp":2,"notification":{"title":"x"}}',
    '{"t":"reconnect","after":-1}',
    '{"t":"reconnect","after":"soon"}',
  ])('says that %s is malformed', (text) => {
    expect(parseFrame(text)).toEqual({ fault: expect.any(String) });
  });

  it('names the field that is missing or wrong', () => {
    expect(parseFrame('{"t":"welcome","heartbeat":60}').fault).toBe('welcome: bseq is missing or wrong');
  });

  it('never throws, whatever comes', () => {
    const kinds = fc.constantFrom('push', 'welcome', 'registered', 'kick', 'error', 'ok', 'reconnect', '__proto__');
    const frames = fc.tuple(kinds, fc.dictionary(fc.string(), fc.jsonValue())).map(([t, rest]) => ({ ...rest, t }));
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      frames.map((frame) => JSON.stringify(frame)),
    );
    fc.assert(
      fc.property(text, (given) => Object.keys(parseFrame(given)).length <= 1),
      { seed: 1, numRuns: 500 },
    );
  });
});
