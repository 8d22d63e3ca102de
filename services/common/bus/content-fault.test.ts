import { expect, test } from 'vitest';
import { LongwireError } from '../errors.ts';
import { ContentFault, Successes } from './content-fault.ts';

const refused = new LongwireError('bad_request', 'no');
const unknown = new LongwireError('internal', 'oops');

test('a refusal splits at once, and condemns a record when others succeed, or after a minute of nothing else', () => {
  const successes = new Successes();
  const fault = new ContentFault(successes);
  const now = performance.now();
  expect(fault.splits(refused, now)).toBe(true);
  expect(fault.condemns(refused, now + 59_000)).toBe(false);
  expect(fault.condemns(refused, now + 60_001)).toBe(true);
  successes.done();
  expect(fault.condemns(refused, now + 1_000)).toBe(true);
});

test('an unknown fault splits after some failures, and condemns only where others succeed for ten seconds', () => {
  const successes = new Successes();
  const fault = new ContentFault(successes);
  const now = performance.now();
  expect([1, 2, 3, 4, 5].map(() => fault.splits(unknown, now))).toEqual([false, false, false, false, true]);
  expect(fault.condemns(unknown, now + 600_000)).toBe(false);
  successes.done();
  expect(fault.condemns(unknown, now + 9_000)).toBe(false);
  expect(fault.condemns(unknown, now + 10_001)).toBe(true);
});

test('what may pass is never due to the content', () => {
  const fault = new ContentFault(new Successes());
  for (const code of ['unavailable', 'timeout', 'overloaded', 'unauthorized', 'not_found'] as const) {
    expect(fault.splits(new LongwireError(code, 'x'), performance.now()), code).toBe(false);
  }
});
