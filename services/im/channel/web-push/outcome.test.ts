import { expect, test } from 'vitest';
import { outcomeOf } from './outcome.ts';

const now = Date.parse('2030-01-01T00:00:00Z');

test.each([
  [200, { is: 'sent' }],
  [201, { is: 'sent' }],
  [404, { is: 'gone' }],
  [410, { is: 'gone' }],
  [301, { is: 'refused' }],
  [400, { is: 'refused' }],
  [403, { is: 'refused' }],
  [413, { is: 'refused' }],
  [406, { is: 'again' }],
  [408, { is: 'again' }],
  [429, { is: 'again' }],
  [500, { is: 'again' }],
  [503, { is: 'again' }],
])('status %i is %j', (status, outcome) => {
  expect(outcomeOf(status, undefined, now)).toEqual(outcome);
});

test.each([
  ['120', { is: 'again', afterMs: 120_000 }],
  ['Tue, 01 Jan 2030 00:00:30 GMT', { is: 'again', afterMs: 30_000 }],
  ['Tue, 01 Jan 2019 00:00:00 GMT', { is: 'again', afterMs: 0 }],
  ['-1', expect.objectContaining({ is: 'again' })],
  ['soon', { is: 'again' }],
])('Retry-After %s is kept to', (retryAfter, outcome) => {
  expect(outcomeOf(429, retryAfter, now)).toEqual(outcome);
});
