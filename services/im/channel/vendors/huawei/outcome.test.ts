import { expect, it } from 'vitest';
import { huaweiDenial, huaweiOutcomes } from './outcome.ts';

const answer = (body: unknown, status = 200, headers = {}) => ({
  status,
  headers,
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const outcomesOf = (...args: Parameters<typeof answer>) => huaweiOutcomes(answer(...args), ['a', 'b'], 0);

it('names the dead tokens of a partial success; without names all are to be tried again', () => {
  const msg = JSON.stringify({ success: 1, failure: 1, illegal_tokens: ['b'] });
  expect(outcomesOf({ code: '80100000', msg })).toEqual([{ is: 'sent' }, { is: 'gone', reason: '80100000' }]);
  const unknown = { is: 'again', reason: '80100000' };
  expect(outcomesOf({ code: '80100000', msg: 'some' })).toEqual([unknown, unknown]);
});

it.each([
  [{ code: '80000000' }, 200, { is: 'sent' }],
  [{ code: '80300007' }, 200, { is: 'gone', reason: '80300007' }],
  [{ code: '80300008' }, 400, { is: 'refused', reason: '80300008' }],
  [{ code: '80300002' }, 200, { is: 'refused', reason: '80300002' }],
  [{ code: '81000001' }, 200, { is: 'again', reason: '81000001' }],
  [{}, 500, { is: 'again', reason: 'http_500' }],
  [{}, 503, { is: 'again', of: 'app', reason: 'http_503' }],
  [{}, 404, { is: 'refused', reason: 'http_404' }],
  ['<html>', 200, { is: 'again', reason: 'unreadable' }],
])('%j with status %i means %j', (body, status, outcome) => {
  expect(outcomesOf(body, status)).toEqual([outcome, outcome]);
});

it('heeds when to come again', () => {
  expect(outcomesOf({}, 503, { 'retry-after': '7' })[0]).toMatchObject({ is: 'again', of: 'app', afterMs: 7_000 });
});

it('knows an access token that isn’t taken', () => {
  expect(huaweiDenial(answer({ code: '80200003' }, 401))).toBe('80200003');
  expect(huaweiDenial(answer({ code: '80200005' }))).toBe('80200005');
  expect(huaweiDenial(answer('', 401))).toBe('http_401');
  expect(huaweiDenial(answer({ code: '80000000' }))).toBeUndefined();
});
