import Type from 'typebox';
import { expect, it } from 'vitest';
import { recordReader } from './record-reader.ts';

const read = recordReader(Type.Object({ task: Type.String() }));

it('answers what fits its schema, also with fields that it does not know', () => {
  expect(read('{"task":"t","more":1}')).toEqual({ task: 't', more: 1 });
});

it.each(['', '{', 'null', '[]', '{"task":1}'])('answers nothing for %j', (value) => {
  expect(read(value)).toBeUndefined();
});
