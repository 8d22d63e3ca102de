import { expect, it } from 'vitest';
import { broadcastTaskId, dayOf, isBroadcast, singleTaskId, taskIdOf } from './task-ids.ts';

it('the day of a time is its UTC month and day', () => {
  expect(dayOf(Date.UTC(2025, 0, 2, 23, 59, 59))).toBe('0102');
  expect(dayOf(Date.UTC(2025, 11, 31))).toBe('1231');
});

it('a task id is the same for the same app, request and day, and another for any other', () => {
  const id = singleTaskId('app', 'request-01', '0102');
  expect(id).toMatch(/^RASS_0102_[0-9a-f]{40}$/);
  expect(id.length).toBeLessThanOrEqual(64);
  expect(singleTaskId('app', 'request-01', '0102')).toBe(id);
  const others = [
    singleTaskId('app2', 'request-01', '0102'),
    singleTaskId('app', 'request-02', '0102'),
    singleTaskId('app', 'request-01', '0103'),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

it('the id of a broadcast says that it is one, other ids do not', () => {
  const id = broadcastTaskId('app', 'request-01', '0102');
  expect(id).toMatch(/^RASA_0102_all[0-9a-f]{37}$/);
  expect(broadcastTaskId('app', 'request-01', '0102')).toBe(id);
  expect(isBroadcast(id)).toBe(true);
  expect(
    [taskIdOf('RASA', 'app', 'request-01', '0102'), singleTaskId('app', 'request-01', '0102')].map(isBroadcast),
  ).toEqual([false, false]);
});
