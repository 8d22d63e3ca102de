import { describe, expect, it } from 'vitest';
import { OptionError } from './option-error.ts';
import { checkSlos, parseSlos, type SloFigures, sloLine } from './slo.ts';

const figures: SloFigures = {
  latency: (name, figure) =>
    name === 'delivery' ? { p50: 10, p90: 20, p99: 500, p999: 600, max: 700 }[figure] : undefined,
  count: (name) => (name === 'lost' ? 2 : 0),
};
const outcomes = (text: string): boolean[] => checkSlos(parseSlos(text), figures).map(({ ok }) => ok);

describe('slo', () => {
  it('compares latencies in ms and s, and counts', () => {
    expect(outcomes('delivery_p99<500ms, delivery_p99<=500ms,delivery_p99<=0.5s,delivery_max>0.7s')).toEqual([
      ...[false, true, true, false],
    ]);
    expect(outcomes('lost=0,lost<=2,lost>=3,duplicates=0,out_of_order=0,refused<1,failed=0,skipped=0')).toEqual([
      ...[false, true, false, true, true, true, true, true],
    ]);
  });

  it('does not hold where nothing was measured', () => {
    const [result] = checkSlos(parseSlos('accept_p50<1s'), figures);
    expect(result).toEqual({ text: 'accept_p50<1s', value: undefined, unit: 'ms', ok: false });
    expect(sloLine(result!)).toBe('FAILED accept_p50<1s  (nothing was measured)');
  });

  it('says each with its figure', () => {
    expect(checkSlos(parseSlos('delivery_p50<50ms,lost=0'), figures).map(sloLine)).toEqual([
      'ok     delivery_p50<50ms  (10 ms)',
      'FAILED lost=0  (2)',
    ]);
  });

  it.each([
    ['delivery_p99', '"delivery_p99" is no comparison'],
    ['delivery_p98<1s', '"delivery_p98" is no figure'],
    ['loss=0', '"loss" is no figure'],
    ['delivery_p99<5', '"delivery_p99<5" needs a unit'],
    ['delivery_p99<5us', '"delivery_p99<5us" needs a unit'],
    ['lost=0ms', '"lost=0ms" counts, and has no unit'],
    ['lost==0', '"lost==0" is no comparison'],
    ['lost=0,', '"" is no comparison'],
  ])('%s is refused with what is wrong and what is allowed', (text, fault) => {
    expect(() => parseSlos(text)).toThrow(OptionError);
    expect(() => parseSlos(text)).toThrow(`--slo ${text}: ${fault}; allowed is FIGURE OPERATOR VALUE`);
  });
});
