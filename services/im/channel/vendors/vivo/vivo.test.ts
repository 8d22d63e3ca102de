import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../test/browser/console/seeded-random.ts';
import { vivoFaults } from '../../../../../test/rigs/vendors/vivo.ts';
import { randomMessage, vendorMessage } from '../../testing/vendor-messages.ts';
import { vivoMessage } from './message.ts';
import { vivoDenial, vivoListOutcomes, vivoOutcome } from './outcome.ts';

const messageOf = (more: Parameters<typeof vendorMessage>[0] = {}) => vivoMessage(vendorMessage(more), '10004')!;

describe('a message by vivo', () => {
  it('is a notification with the head of the push among its custom texts', () => {
    const options = { '/category': 'IM', '/classification': 1, '/regId': 'x', '/appId': 5 };
    expect(messageOf({ options, payload: 'p', notifyId: 4 })).toEqual({
      appId: 10_004,
      notifyType: 2,
      title: 'Your order',
      content: 'It is on its way',
      timeToLive: 3_600,
      skipType: 1,
      networkType: -1,
      clientCustomMap: { lw_id: 'RASS_1.m1', lw_task: 'RASS_1', payload: 'p' },
      notifyId: 4,
      pushMode: 0,
      category: 'IM',
      classification: 1,
    });
  });

  it('is cut at 40 and 100 characters, Chinese ones like others', () => {
    expect(messageOf({ title: '字'.repeat(40) }).title).toBe('字'.repeat(40));
    expect(messageOf({ title: '字'.repeat(41), body: '😀'.repeat(51) })).toMatchObject({
      title: `${'字'.repeat(39)}…`,
      content: `${'😀'.repeat(49)}…`,
    });
  });

  it('is kept from a minute to a day', () => {
    expect([1, 60, 259_200].map((ttl) => messageOf({ ttl }).timeToLive)).toEqual([60, 60, 86_400]);
  });

  it('opens addresses and intents that fit, and leaves out a payload that doesn’t', () => {
    expect(messageOf({ click: { is: 'url', url: 'https://a' } })).toMatchObject({
      skipType: 2,
      skipContent: 'https://a',
    });
    expect(messageOf({ click: { is: 'intent', intent: 'i'.repeat(1_025) } }).skipType).toBe(1);
    expect(messageOf({ payload: 'p'.repeat(1_000) }).clientCustomMap).toEqual({
      lw_id: 'RASS_1.m1',
      lw_task: 'RASS_1',
    });
  });

  it('is always within the limits and valid, whatever the texts are', () => {
    const random = seededRandom(16);
    let shown = 0;
    for (let round = 0; round < 600; round++) {
      const made = vivoMessage(randomMessage(random), '10004');
      if (!made) continue;
      shown++;
      expect(vivoFaults(made as unknown as Record<string, unknown>)).toEqual([]);
    }
    expect(shown).toBeGreaterThan(400);
  });
});

describe('an answer of vivo', () => {
  const answer = (body: unknown, status = 200) => ({ status, headers: {}, text: JSON.stringify(body) });

  it('says by a status whether a registration id is dead', () => {
    const outcomes = [1, 2, 3, 4].map(
      (status) => vivoOutcome(answer({ result: 10_302, invalidUser: { status } }), 0).is,
    );
    expect(outcomes).toEqual(['gone', 'gone', 'refused', 'refused']);
    expect(vivoOutcome(answer({ result: 10_302 }), 0)).toEqual({ is: 'gone', reason: '10302' });
    const invalidUsers = [{ userid: 'b', status: 2 }];
    expect(vivoListOutcomes(answer({ result: 0, invalidUsers }), ['a', 'b'], 0)).toEqual([
      { is: 'sent' },
      { is: 'gone', reason: 'status_2' },
    ]);
  });

  it.each([
    [{ result: 0 }, 200, { is: 'sent' }],
    [{ result: 10_070 }, 200, { is: 'again', of: 'app', afterMs: 600_000, reason: '10070' }],
    [{ result: 10_071 }, 200, { is: 'again', afterMs: 600_000, reason: '10071' }],
    [{ result: 10_072 }, 200, { is: 'again', of: 'app', reason: '10072' }],
    [{ result: 10_104 }, 200, { is: 'refused', reason: '10104' }],
    [{}, 500, { is: 'again', reason: 'http_500' }],
    [7, 200, { is: 'again', reason: 'unreadable' }],
  ])('%j with status %i means %j', (body, status, outcome) => {
    expect(vivoOutcome(answer(body, status), 0)).toEqual(outcome);
  });

  it('says that an auth token isn’t taken', () => {
    expect(vivoDenial(answer({ result: 10_000 }))).toBe('10000');
    expect(vivoDenial(answer({ result: 0 }))).toBeUndefined();
  });
});
