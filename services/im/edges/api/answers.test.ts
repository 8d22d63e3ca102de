import { expect, test } from 'vitest';
import { JsonText } from '../../api/endpoint.ts';
import { success } from './answers.ts';

test.each([
  [undefined, '{"code":0,"msg":"success"}'],
  [null, '{"code":0,"msg":"success"}'],
  [{ a: [1] }, '{"code":0,"msg":"success","data":{"a":[1]}}'],
  [new JsonText('{"a":{"b":"c"}}'), '{"code":0,"msg":"success","data":{"a":{"b":"c"}}}'],
])('data %j is answered as %s', (data, text) => {
  expect(success(data)).toBe(text);
});
