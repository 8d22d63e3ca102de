import { expect, test } from 'vitest';
import { audienceOf, type TaskFacts, taskStateOf } from './task-state.ts';

const day = 86_400_000;
const facts = (given: Partial<TaskFacts>): TaskFacts => ({
  ...{ task: 'RASS_1129_a', at: 10 * day, targets: 1, arrived: 0 },
  ...{ saved: undefined, schedule: undefined, planning: false },
  ...given,
});
const saved = { kind: 'tag', exp: 12 * day, stopped: false } as const;

test.each<[string, Partial<TaskFacts>, number, string]>([
  ['on its way', {}, 10 * day, 'running'],
  ['arrived', { arrived: 1 }, 10 * day, 'done'],
  ['past the longest life', {}, 13 * day, 'done'],
  ['past its own life', { saved }, 12 * day, 'done'],
  ['stopped', { saved: { ...saved, stopped: true }, arrived: 1 }, 10 * day, 'stopped'],
  ['due later', { targets: 0, schedule: { result: 'waiting', exp: 12 * day } }, 9 * day, 'scheduled'],
  ['cancelled', { targets: 0, schedule: { result: 'cancelled', exp: 12 * day } }, 9 * day, 'stopped'],
  ['expired before it was sent', { targets: 0, schedule: { result: 'failed', exp: 12 * day } }, 11 * day, 'done'],
  ['sent, and not planned yet', { targets: 0, schedule: { result: 'sent', exp: 12 * day } }, 11 * day, 'running'],
  ['all found so far have it, and more are looked for', { arrived: 1, saved, planning: true }, 11 * day, 'running'],
  ['nothing is known of', { targets: 0 }, 10 * day, 'unknown'],
])('a task that is %s', (_what, given, now, state) => {
  expect(taskStateOf(facts(given), now)).toBe(state);
});

test.each([
  ['RASS_1129_a', 'single'],
  ['RASL_1129_a', 'list'],
  ['RASA_1129_a', 'tag'],
  ['RASA_1129_allb', 'all'],
  ['something', 'single'],
])('an id says whom a task is for: %s', (task, audience) => {
  expect(audienceOf({ task, saved: undefined })).toBe(audience);
});

test('what is kept of a task says it better than its id', () => {
  expect(audienceOf({ task: 'RASA_1129_a', saved: { kind: 'all', exp: 1, stopped: false } })).toBe('all');
});
