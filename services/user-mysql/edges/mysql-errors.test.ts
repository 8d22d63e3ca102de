import { expect, test } from 'vitest';
import { LongwireError } from '../../common/errors.ts';
import { breaksConnection, DeadlineError, fromMysql, isContention } from './mysql-errors.ts';

const fault = (fields: object): Error => Object.assign(new Error("near 'hunter2' in SELECT hunter2"), fields);

test.each([
  ['a refused connection', fault({ code: 'ECONNREFUSED', errno: -111, fatal: true }), 'unavailable', true],
  ['a lost connection', fault({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }), 'unavailable', true],
  ['a deadline', new DeadlineError('deadline passed'), 'unavailable', true],
  ['a server that stops', fault({ code: 'ER_SERVER_SHUTDOWN', errno: 1053 }), 'unavailable', true],
  ['a server that became read-only', fault({ code: 'ER_OPTION_PREVENTS_STATEMENT', errno: 1290 }), 'unavailable', true],
  ['a replica', fault({ code: 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION', errno: 1792 }), 'unavailable', true],
  ['a deadlock', fault({ code: 'ER_LOCK_DEADLOCK', errno: 1213 }), 'overloaded', false],
  ['a full queue', new Error('Queue limit reached.'), 'overloaded', true],
  ['a statement that is wrong', fault({ code: 'ER_PARSE_ERROR', errno: 1064 }), 'internal', false],
])('%s: its code, and whether the connection may be used again', (_what, error, code, breaks) => {
  const known = fromMysql(error);
  expect(known.code).toBe(code);
  expect(breaksConnection(error)).toBe(breaks);
  expect(`${known.message} ${String(known.cause)}`).not.toContain('hunter2');
});

test('our own errors pass as they are, and leave the connection usable', () => {
  const own = new LongwireError('conflict', 'too many');
  expect(fromMysql(own)).toBe(own);
  expect(breaksConnection(own)).toBe(false);
  expect(isContention(own)).toBe(false);
});
