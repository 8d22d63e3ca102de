import { expect, test } from 'vitest';
import { upstreamFault } from './upstream-answer.ts';

test.each([
  [400, 20001, 'push_message.notification.url can not be empty', 'bad_request', 'message.notification.url'],
  [400, 20001, 'request_id is invalid', 'bad_request', 'requestId'],
  [400, 20001, 'audience.cid[3] is invalid', 'bad_request', 'audience.values[3]'],
  [400, 20001, 'target user is invalid', 'bad_request', 'audience.values'],
  [400, 22002, 'settings.schedule_time is invalid', 'bad_request', 'schedule'],
  [400, 20001, 'please choose one of notification and transmission and revoke', 'bad_request', undefined],
  [401, 10002, 'disabled', 'conflict', 'app'],
  [401, 10003, 'too many authentications in a minute', 'conflict', 'quotas'],
  [403, 30009, 'over limit', 'conflict', 'quotas'],
  [503, 1, 'service is busy', 'unavailable', undefined],
])('%d %d %s is told as %s of %s', (status, code, msg, told, field) => {
  const fault = upstreamFault({ status, code, msg });
  expect(fault).toMatchObject({ code: told });
  expect(fault?.details.field).toBe(field);
});

test('a success is no fault', () => {
  expect(upstreamFault({ status: 200, code: 0, msg: 'success' })).toBeUndefined();
});
