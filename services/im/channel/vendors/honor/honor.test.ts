import { expect, it } from 'vitest';
import { seededRandom } from '../../../../../test/browser/console/seeded-random.ts';
import { honorFaults } from '../../../../../test/rigs/vendors/honor.ts';
import { randomMessage, vendorMessage } from '../../testing/vendor-messages.ts';
import { honorRequest, maxHonorBytes } from './message.ts';
import { honorDenial, honorOutcomes } from './outcome.ts';

it('a message by Honor is a notification in names with capitals', () => {
  const options = { '/android/notification/badge/badgeClass': 'com.example.Main', '/token': ['x'], '/data': 'y' };
  expect(honorRequest(vendorMessage({ options, badgeAdd: 3, level: 1 }))).toEqual({
    data: '{"lw_id":"RASS_1.m1","lw_task":"RASS_1"}',
    android: {
      ttl: '3600s',
      biTag: 'RASS_1',
      notification: {
        title: 'Your order',
        body: 'It is on its way',
        clickAction: { type: 3 },
        importance: 'LOW',
        tag: 'c0llapse',
        badge: { addNum: 3, badgeClass: 'com.example.Main' },
      },
    },
    token: [],
  });
});

it('a message by Honor is always within the limits and valid, whatever the texts are', () => {
  const random = seededRandom(13);
  let shown = 0;
  for (let round = 0; round < 600; round++) {
    const made = honorRequest(randomMessage(random));
    if (!made) continue;
    shown++;
    const { token: _, ...rest } = made;
    expect(Buffer.byteLength(JSON.stringify(rest))).toBeLessThanOrEqual(maxHonorBytes);
    expect(honorFaults(made as unknown as Record<string, unknown>)).toEqual([]);
  }
  expect(shown).toBeGreaterThan(400);
});

const outcomesOf = (body: unknown, status = 200) =>
  honorOutcomes({ status, headers: {}, text: JSON.stringify(body) }, ['a', 'b', 'c'], 0);

it('an answer of Honor names what has expired and what failed', () => {
  expect(outcomesOf({ code: 200, data: { sendResult: true, expireTokens: ['a'], failTokens: ['b'] } })).toEqual([
    { is: 'gone', reason: 'expire_token' },
    { is: 'refused', reason: 'fail_token' },
    { is: 'sent' },
  ]);
});

it.each([
  [{ code: 200, data: { sendResult: true } }, 200, { is: 'sent' }],
  [{ code: 200, data: { sendResult: false } }, 200, { is: 'refused', reason: 'send_result' }],
  [{ code: 80_300_007 }, 200, { is: 'gone', reason: '80300007' }],
  [{ code: 4_711 }, 400, { is: 'refused', reason: '4711' }],
  [{}, 500, { is: 'again', reason: 'http_500' }],
  [{}, 429, { is: 'again', of: 'app', reason: 'http_429' }],
  [[], 200, { is: 'again', reason: 'unreadable' }],
])('an answer of Honor, %j with status %i, means %j', (body, status, outcome) => {
  expect(outcomesOf(body, status)[0]).toEqual(outcome);
});

it('an access token that Honor doesn’t take is known', () => {
  expect(honorDenial({ status: 401, headers: {}, text: '' })).toBe('http_401');
  expect(honorDenial({ status: 200, headers: {}, text: '{"code":80200003}' })).toBe('80200003');
  expect(honorDenial({ status: 200, headers: {}, text: '{"code":200}' })).toBeUndefined();
});
