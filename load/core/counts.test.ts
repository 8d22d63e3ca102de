import { expect, test } from 'vitest';
import { countReason, noCounts, sumCounts, totalOf } from './counts.ts';
import { cidsWithout } from './push-bodies.ts';

test('the counts of workers add up, by kind and by reason', () => {
  const [left, right] = [noCounts(), noCounts()];
  Object.assign(left.pushes.single, { scheduled: 3, accepted: 2 });
  Object.assign(right.pushes.single, { scheduled: 1, accepted: 1 });
  right.pushes.all.scheduled = 5;
  left.redelivered = 2;
  right.redelivered = 1;
  countReason(left.refusals, '30014');
  countReason(right.refusals, '30014', 4);
  const sum = sumCounts([left, right]);
  expect(totalOf(sum.pushes)).toEqual({ scheduled: 9, accepted: 3, refused: 0, failed: 0, skipped: 0 });
  expect([sum.redelivered, sum.refusals]).toEqual([3, { '30014': 5 }]);
  expect(left.pushes.single.scheduled).toBe(3);
});

test('reasons are bounded: what is new past the bound counts as other', () => {
  const reasons: Record<string, number> = {};
  for (let index = 0; index < 100; index++) countReason(reasons, `reason ${index}`);
  countReason(reasons, 'reason 1');
  expect(Object.keys(reasons)).toHaveLength(65);
  expect([reasons['other'], reasons['reason 1']]).toEqual([36, 2]);
});

test('an answer names the devices that get nothing', () => {
  const data = {
    task1: { a: 'successed_online', b: 'not_found' },
    task2: { c: 'successed_offline', d: 'blacklisted' },
  };
  expect(cidsWithout(data)).toEqual([
    { cid: 'b', status: 'not_found' },
    { cid: 'd', status: 'blacklisted' },
  ]);
  expect(cidsWithout(undefined)).toEqual([]);
});
