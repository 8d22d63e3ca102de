import Type from 'typebox';
import { expect, it } from 'vitest';
import { makeLenient, type ShapeOf } from './lenient.ts';

const schema = Type.Object({
  text: Type.String(),
  count: Type.Optional(Type.Integer()),
  list: Type.Optional(Type.Array(Type.Object({ count: Type.Optional(Type.Integer()) }))),
  map: Type.Optional(Type.Record(Type.String(), Type.Integer())),
});

function lenient(value: unknown): unknown {
  makeLenient(schema as ShapeOf, value);
  return value;
}

it('digits become numbers where the schema wants an integer, and nowhere else', () => {
  const value = { text: '1', count: '-12', list: [{ count: '3', other: '4' }], map: { a: '5' }, other: '6' };
  expect(lenient(value)).toEqual({
    text: '1',
    count: -12,
    list: [{ count: 3, other: '4' }],
    map: { a: 5 },
    other: '6',
  });
});

it('what is no integer stays as it is, for the schema to refuse', () => {
  for (const count of ['', '1.5', '1e3', ' 1', '0x1', 'one', true, [], '9'.repeat(17)]) {
    expect(lenient({ count })).toEqual({ count });
  }
});

it('fields that are null count as missing, those that nobody knows stay', () => {
  expect(lenient({ text: null, count: null, list: [null, { count: null }], other: null })).toEqual({
    list: [null, {}],
    other: null,
  });
});

it('values of another shape are passed over', () => {
  for (const value of [null, 1, 'x', [], { list: 'x', map: 1 }]) {
    const before = structuredClone(value);
    expect(lenient(value)).toEqual(before);
  }
});
