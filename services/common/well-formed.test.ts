import { expect, test } from 'vitest';
import { brokenText } from './well-formed.ts';

const at = (json: string): string | undefined => brokenText(json, JSON.parse(json));

test.each([
  ['{"a":{"b":["x","y\\ud800"]}}', '/a/b/1'],
  ['{"a":"\\uDC00x"}', '/a'],
  ['{"a\\ud800":1}', '/a\ufffd'],
  ['"\\ud83d"', ''],
])('half of a surrogate pair in %s is found', (json, pointer) => expect(at(json)).toBe(pointer));

test.each(['{"a":"\\ud83d\\ude00"}', '{"a":"😀","b":[1,null,"\\u0041"]}', '{"a":"\\\\ud800"}'])(
  'there is none in %s',
  (json) => expect(at(json)).toBeUndefined(),
);
