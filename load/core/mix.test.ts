import { describe, expect, it } from 'vitest';
import { kinds, parseMix, pickKind } from './mix.ts';
import { OptionError } from './option-error.ts';
import { seededRandom } from './random.ts';

describe('mix', () => {
  it('weights need not add up to 100, and a kind that is not named has none', () => {
    expect(parseMix('single=3, all=0.5')).toEqual({ single: 3, batch: 0, list: 0, tag: 0, all: 0.5 });
  });

  it.each([
    ['single=1,alias=2', '"alias" is no kind of push'],
    ['single', 'the weight of single is ""'],
    ['single=-1', 'the weight of single is "-1"'],
    ['single=1=2', 'the weight of single is "1"'],
    ['single=1,single=2', 'single is there twice'],
    ['single=0', 'every weight is 0'],
    ['', '"" is no kind of push'],
  ])('%s is refused with what is wrong and what is allowed', (text, fault) => {
    expect(() => parseMix(text)).toThrow(OptionError);
    expect(() => parseMix(text)).toThrow(fault);
    expect(() => parseMix(text)).toThrow(/^--mix .*allowed is kind=weight.* of single, batch, list, tag, all/);
  });

  it('picks each kind as often as its weight says, and never one of weight 0', () => {
    const random = seededRandom(5);
    const mix = parseMix('single=7,batch=1,all=2');
    const picked = Array.from({ length: 10_000 }, () => pickKind(mix, random));
    const share = Object.fromEntries(kinds.map((kind) => [kind, picked.filter((one) => one === kind).length / 10_000]));
    expect(share['single']).toBeCloseTo(0.7, 1);
    expect(share['batch']).toBeCloseTo(0.1, 1);
    expect(share['all']).toBeCloseTo(0.2, 1);
    expect([share['list'], share['tag']]).toEqual([0, 0]);
  });
});
