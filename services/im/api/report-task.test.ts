import { expect, it } from 'vitest';
import { reportOf } from './report-task.ts';

it('counts that nobody made yet are 0, and custom events stand by their number', () => {
  const none = { msg_num: 0, target_num: 0, receive_num: 0, display_num: 0, click_num: 0 };
  expect(reportOf([])).toEqual({ total: none, gt: none, actionCntMap: {} });
  const some = reportOf([
    { event: 'target', count: 2 },
    { event: 'dismissed', count: 1 },
    { event: 'custom:90001', count: 3 },
  ]);
  expect(some).toEqual({ total: { ...none, msg_num: 2 }, gt: { ...none, msg_num: 2 }, actionCntMap: { '90001': 3 } });
});
