import { expect, test } from 'vitest';
import { maxRetryAfterMs, outcomeOf } from './outcome.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

test.each([
  [200, { is: 'done' }],
  [204, { is: 'done' }],
  [400, { is: 'refused', reason: 'refused' }],
  [401, { is: 'refused', reason: 'refused' }],
  [404, { is: 'refused', reason: 'refused' }],
  [302, { is: 'refused', reason: 'refused' }],
  [429, { is: 'later', reason: 'rate_limited', afterMs: undefined }],
  [500, { is: 'later', reason: 'server_error', afterMs: undefined }],
  [503, { is: 'later', reason: 'server_error', afterMs: undefined }],
])('%d is %o', (status, outcome) => {
  expect(outcomeOf(status, undefined, now)).toEqual(outcome);
});

test.each([
  ['7', 7_000],
  ['Thu, 01 Jan 2026 00:00:09 GMT', 9_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['86400', maxRetryAfterMs],
  ['soon', undefined],
  ['', undefined],
])('Retry-After "%s" is %s ms', (text, afterMs) => {
  expect(outcomeOf(429, text, now)).toMatchObject({ afterMs });
});
