import fc from 'fast-check';
import type { Endpoint } from '../../../../services/im/api/endpoint.ts';
import type { Given } from './examples.ts';
import type { Shape } from './places.ts';

/** Requests of a call with the right names, each value being right, nearly right, of any type, or missing. */
export function randomRequests({ params, body, example }: Endpoint): fc.Arbitrary<Given> {
  const inPath = Object.entries(example.params ?? {}).map(([name, right]) => [name, pathText(right)] as const);
  return fc.record({
    params: fc.record(Object.fromEntries(inPath)),
    body: params && !body ? fc.constant(undefined) : nearly((body ?? {}) as Shape, example.body),
  });
}

function pathText(right: string | string[]): fc.Arbitrary<string | string[]> {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
  return fc.oneof({ weight: 3, arbitrary: fc.constant(right) }, text, fc.array(text, { minLength: 1, maxLength: 3 }));
}

function nearly(shape: Shape, right: unknown): fc.Arbitrary<unknown> {
  const values = [
    { weight: 5, arbitrary: fitting(shape, right) },
    { weight: 1, arbitrary: fc.jsonValue() },
  ];
  return fc.oneof(...values, ...(right === undefined ? [] : [{ weight: 8, arbitrary: fc.constant(right) }]));
}

function fitting(shape: Shape, right: unknown): fc.Arbitrary<unknown> {
  const inner = (right ?? {}) as Record<string, unknown>;
  if (shape.properties) {
    const fields = Object.entries(shape.properties).map(([name, field]) => [name, nearly(field, inner[name])] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
  }
  if (shape.patternProperties) {
    const [field] = Object.values(shape.patternProperties);
    return fc.dictionary(fc.string(), nearly(field!, undefined), { maxKeys: 4 });
  }
  if (shape.items) return fc.array(nearly(shape.items, inner[0]), { maxLength: 4 });
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.type === 'integer') return integers(shape);
  if (shape.type === 'boolean') return fc.boolean();
  if (shape.type === 'object') return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
  return fc.string({ unit: 'binary', maxLength: Math.min(shape.maxLength ?? 40, 400) + 1 });
}

function integers({ minimum = -10, maximum = 10 }: Shape): fc.Arbitrary<unknown> {
  const number = fc.integer({ min: minimum - 1, max: Math.min(maximum, Number.MAX_SAFE_INTEGER - 1) + 1 });
  return fc.oneof(number, number.map(String), fc.double());
}
