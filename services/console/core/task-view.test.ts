import { expect, test } from 'vitest';
import { messageViewOf } from './message-view.ts';
import { keyOfText, textOfKey } from './page-key.ts';
import { type TaskDetail, taskViewOf, timelineOf } from './task-view.ts';

const detail: TaskDetail = {
  ...{ task: 'RASL_1129_a', at: 10, audience: 'list', group: null, state: 'running', targets: 5, arrived: 3 },
  counts: [
    { event: 'target', count: 5 },
    { event: 'arrived', count: 3 },
    { event: 'custom:90001', count: 2 },
  ],
  ...{ expiresAt: 99, schedule: null, content: '{"notification":{"title":"<b>","body":"x"}}', kept: true, where: null },
};

test('what may still arrive has not failed, what is over and did not arrive has', () => {
  expect(taskViewOf(detail)).toMatchObject({
    counts: { target: 5, sent: 0, arrived: 3, failed: null, custom: { '90001': 2 } },
    ...{ canStop: true, canRecall: true, message: { kind: 'notification', title: '<b>', text: 'x' } },
  });
  expect(taskViewOf({ ...detail, state: 'stopped' })).toMatchObject({ counts: { failed: 2 }, canStop: false });
});

test('what was not kept can’t be stopped; what takes another back, or is not sent yet, can’t be recalled', () => {
  expect(taskViewOf({ ...detail, kept: false }).canStop).toBe(false);
  expect(taskViewOf({ ...detail, content: '{"revoke":{"task":"t","force":false}}' }).canRecall).toBe(false);
  const schedule = { madeAt: 1, dueAt: 50, result: 'waiting' as const };
  expect(taskViewOf({ ...detail, state: 'scheduled', schedule })).toMatchObject({ canStop: true, canRecall: false });
});

test('a way has the steps whose time is known, in their order', () => {
  const events = [
    { event: 'clicked' as const, at: 40 },
    { event: 'target' as const, at: 10 },
    { event: 'sent' as const, at: 20 },
    { event: 'custom:90001', at: 50 },
  ];
  const stepsOf = (given: Partial<TaskDetail>, storedAt?: number) =>
    timelineOf({ ...detail, ...given }, { events, ...(storedAt === undefined ? {} : { storedAt }) }).map(
      ({ step, at }) => `${step} ${at}`,
    );
  expect(stepsOf({})).toEqual(['accepted 10', 'sent 20', 'clicked 40']);
  const schedule = { madeAt: 2, dueAt: 9, result: 'sent' as const };
  expect(stepsOf({ schedule })).toEqual(['accepted 2', 'planned 9', 'sent 20', 'clicked 40']);
  expect(stepsOf({ schedule }, 12)).toEqual(['accepted 2', 'planned 9', 'stored 12', 'sent 20', 'clicked 40']);
  expect(timelineOf({ ...detail, audience: 'all' }, { events: [] })).toEqual([{ step: 'accepted', at: 10 }]);
});

test.each([null, 'no JSON', '[]', '7', '{}', '{"notification":null}'])('%s is no message', (text) => {
  expect(messageViewOf(text)).toBeNull();
});

test('a long text is cut between characters', () => {
  const view = messageViewOf(JSON.stringify({ transmission: `x${'🎉'.repeat(400)}` }))!;
  expect(view.text.isWellFormed()).toBe(true);
  expect(view.text.length).toBeLessThan(502);
});

test('the key of a page is read as it was written, and nothing else is', () => {
  const key = { at: 1_764_000_000_000, task: 'RASS_1129_a_b' };
  expect(keyOfText(textOfKey(key)!)).toEqual(key);
  expect(keyOfText(undefined)).toBeNull();
  for (const text of ['', '_', 'x_RASS', '5', '5_', '-1_a', '1.5_a', `5_${'a'.repeat(65)}`]) {
    expect(() => keyOfText(text)).toThrow(expect.objectContaining({ reason: 'no_page_key' }));
  }
});
