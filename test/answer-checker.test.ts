import { describe, expect, test } from 'vitest';
import { apiDocument } from '../services/im/api/api-document.ts';
import { endpoints } from '../services/im/api/endpoints.ts';
import { AnswerChecker, ContractFault, type Exchange } from './rigs/answer-checker.ts';

const checker = new AnswerChecker(JSON.parse(JSON.stringify(apiDocument(endpoints))));
const status = (answer: unknown, status = 200): Exchange => ({
  method: 'GET',
  path: '/v2/app/user/status/a,b',
  status,
  answer,
});
const push = (answer: unknown, status = 200): Exchange => ({
  method: 'POST',
  path: '/v2/app/push/single/cid',
  status,
  answer,
});
const success = (data: unknown) => ({ code: 0, msg: 'success', data });

const allowed: [string, Exchange][] = [
  [
    'a success with its data',
    status(success({ a: { last_login_time: '1', status: 'online' }, b: { status: 'offline' } })),
  ],
  ['doubled slashes', { ...status(success({})), path: '/v2//app/user//status/a/' }],
  ['a fault of a parameter', push({ code: 20001, msg: 'request_id is invalid' }, 400)],
  ['what is not JSON, at 200', push({ code: 1, msg: 'body is not JSON' })],
  ['an unknown path', { ...push({ code: 404, msg: 'not found' }, 404), path: '/v2/app/nowhere' }],
  ['another method', { ...push({ code: 405, msg: 'no' }, 405), method: 'GET' }],
  ['a list that is done later', { ...push({ code: 0, msg: 'success' }), path: '/v2/app/push/list/cid' }],
];

const refused: [string, Exchange, string][] = [
  [
    'a status that the call does not have',
    status({ code: 1, msg: 'internal error' }, 500),
    'the status is none of 200',
  ],
  ['a code at the wrong status', push({ code: 10001, msg: 'token is invalid' }, 400), 'answer/code'],
  ['a code that this call does not have', push({ code: 30012, msg: 'too many' }, 403), 'answer/code'],
  ['no message', push({ code: 20001 }, 400), "must have required property 'msg'"],
  ['no data', status({ code: 0, msg: 'success' }), "must have required property 'data'"],
  ['another message of a success', status({ ...success({}), msg: 'ok' }), 'answer/msg'],
  ['a value of the wrong type', status(success({ a: { last_login_time: 1, status: 'online' } })), 'last_login_time'],
  ['a value that is not one of a few', status(success({ a: { status: 'away' } })), 'answer/data/a/status'],
  ['a field that nobody named', status(success({ a: { status: 'online', since: '1' } })), 'additional properties'],
  ['a field beside the envelope', push({ code: 20001, msg: 'x', data: {} }, 400), 'additional properties'],
  [
    'data of a call that has none',
    { method: 'DELETE', path: '/v2/app/task/t', status: 200, answer: success({}) },
    'additional properties',
  ],
  ['what is not an object', push(null), 'must be object'],
  [
    'an answer at a path that is not there',
    { ...push(success({})), path: '/v2/app/nowhere' },
    '404 or 405 was expected',
  ],
  ['an answer to another method', { ...push(success({})), method: 'PATCH' }, '405 was expected'],
];

describe('answers are held to the API document', () => {
  test.each(allowed)('%s passes', (_what, exchange) => {
    expect(() => checker.check(exchange)).not.toThrow();
  });

  test.each(refused)('%s is a fault', (_what, exchange, fault) => {
    expect(() => checker.check(exchange)).toThrow(ContractFault);
    expect(() => checker.check(exchange)).toThrow(fault);
    expect(() => checker.check(exchange)).toThrow(`${exchange.method} ${exchange.path}`);
  });
});
