import { expect, test } from 'vitest';
import { type ScheduleState, scheduleResultOf } from './schedule-result.ts';

test.each<[ScheduleState[], boolean, string]>([
  [['waiting'], false, 'waiting'],
  [['waiting'], true, 'cancelled'],
  [['sent'], false, 'sent'],
  [['sent'], true, 'sent'],
  [['failed'], false, 'failed'],
  [['cancelled'], false, 'cancelled'],
  [['list'], false, 'waiting'],
  [['list'], true, 'cancelled'],
  [['list', 'sent', 'waiting'], false, 'waiting'],
  [['list', 'sent', 'sent'], false, 'sent'],
  [['list', 'sent', 'failed'], false, 'failed'],
  [['cancelled', 'cancelled'], true, 'cancelled'],
])('of a task whose rows are %j (stopped: %s) became: %s', (states, stopped, result) => {
  expect(scheduleResultOf(states, stopped)).toBe(result);
});
