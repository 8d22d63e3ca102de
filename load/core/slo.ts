import { OptionError } from './option-error.ts';

const latencies = ['accept', 'delivery', 'connect'] as const;
const figures = ['p50', 'p90', 'p99', 'p999', 'max'] as const;
const counts = ['lost', 'duplicates', 'out_of_order', 'refused', 'failed', 'skipped'] as const;
const operators = ['<=', '>=', '<', '>', '='] as const;

export type LatencyName = (typeof latencies)[number];
export type LatencyFigure = (typeof figures)[number];
export type SloCount = (typeof counts)[number];
type Operator = (typeof operators)[number];

type SloFigure = { kind: 'latency'; latency: LatencyName; figure: LatencyFigure } | { kind: 'count'; count: SloCount };

/** One comparison; `limit` is in ms for a latency. */
export interface Slo {
  text: string;
  figure: SloFigure;
  operator: Operator;
  limit: number;
}

/** What a comparison came to. `value` is in ms for a latency; undefined if nothing was measured, which is a failure. */
export interface SloResult {
  text: string;
  value: number | undefined;
  unit: 'ms' | '';
  ok: boolean;
}

/** The figures that comparisons are made on; latencies in ms, undefined where nothing was measured. */
export interface SloFigures {
  latency(name: LatencyName, figure: LatencyFigure): number | undefined;
  count(name: SloCount): number;
}

const allowed = `allowed is FIGURE OPERATOR VALUE, commas between them: ${latencies.join(', ')} with _${figures.join(', _')} and a time in ms or s, or ${counts.join(', ')} and a number; operators are < <= > >= =`;

/** @param text `delivery_p99<500ms,lost=0`. @throws OptionError */
export function parseSlos(text: string): Slo[] {
  return text.split(',').map((part) => parseOne(part.trim(), text));
}

function parseOne(part: string, whole: string): Slo {
  const fail = (what: string): never => {
    throw new OptionError(`--slo ${whole}: ${what}; ${allowed}`);
  };
  const [, name = '', sign = '', value = '', unit = ''] =
    /^(\w+)\s*(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*(\w*)$/.exec(part) ?? fail(`"${part}" is no comparison`);
  const operator = operators.find((one) => one === sign)!;
  const count = counts.find((one) => one === name);
  if (count) {
    if (unit !== '') fail(`"${part}" counts, and has no unit`);
    return { text: part, figure: { kind: 'count', count }, operator, limit: Number(value) };
  }
  const at = name.lastIndexOf('_');
  const latency = latencies.find((one) => one === name.slice(0, at));
  const figure = figures.find((one) => one === name.slice(at + 1));
  if (!latency || !figure) return fail(`"${name}" is no figure`);
  if (unit !== 'ms' && unit !== 's') return fail(`"${part}" needs a unit`);
  const limit = Number(value) * (unit === 's' ? 1_000 : 1);
  return { text: part, figure: { kind: 'latency', latency, figure }, operator, limit };
}

export function checkSlos(slos: Slo[], figuresOf: SloFigures): SloResult[] {
  return slos.map(({ text, figure, operator, limit }) => {
    const isTime = figure.kind === 'latency';
    const value = isTime ? figuresOf.latency(figure.latency, figure.figure) : figuresOf.count(figure.count);
    return { text, value, unit: isTime ? 'ms' : '', ok: value !== undefined && holds(value, operator, limit) };
  });
}

function holds(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '=':
      return value === limit;
  }
}

/** `ok    delivery_p99<500ms  (87.3 ms)` */
export function sloLine({ text, value, unit, ok }: SloResult): string {
  const shown = value === undefined ? 'nothing was measured' : `${value}${unit && ` ${unit}`}`;
  return `${ok ? 'ok    ' : 'FAILED'} ${text}  (${shown})`;
}
