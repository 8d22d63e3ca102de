import { expect, it } from 'vitest';
import { schemaFault } from './schema-faults.ts';

const of = (keyword: string, instancePath: string, data: unknown, params = {}) =>
  schemaFault({ keyword, instancePath, data, params }, 'body').message;

it('names the parameter where it stands', () => {
  expect(of('required', '', {}, { missingProperty: 'audience' })).toBe('audience can not be empty');
  expect(of('required', '/a/b', {}, { missingProperty: 'c' })).toBe('a.b.c can not be empty');
  expect(of('type', '/msg_list/3/audience/cid/0', 1)).toBe('msg_list[3].audience.cid[0] type error');
  expect(of('type', '', 1)).toBe('body type error');
  expect(of('type', '/a~1b~0c', 1)).toBe('a/b~c type error');
  expect(of('type', `/${'x'.repeat(1_000)}`, 1)).toBe(`${'x'.repeat(64)} type error`);
});

it('tells what is empty, too short and too long apart', () => {
  expect(of('minLength', '/a', '')).toBe('a can not be empty');
  expect(of('minLength', '/a', 'x')).toBe('a is invalid');
  expect(of('minItems', '/a', [])).toBe('a can not be empty');
  expect(of('pattern', '/a', '')).toBe('a can not be empty');
  expect(of('maxLength', '/a', 'xx')).toBe('a size over limit');
  expect(of('maxItems', '/a', [1])).toBe('a size over limit');
  expect(of('uniqueItems', '/a', [1, 1])).toBe('contains duplicate a');
  expect(of('enum', '/a', 'x')).toBe('a is invalid');
  expect(of('maximum', '/a', 9)).toBe('a is invalid');
});
