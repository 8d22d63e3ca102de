import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../test/browser/console/seeded-random.ts';
import { harmonyFaults } from '../../../../../test/rigs/vendors/harmony.ts';
import { randomMessage, vendorMessage } from '../../testing/vendor-messages.ts';
import { harmonyRequest, maxHarmonyBytes } from './message.ts';
import { harmonyOutcomes } from './outcome.ts';

describe('a message by Push Kit for HarmonyOS', () => {
  it('is a notification of the category that every app may send, with the head of the push in its click', () => {
    expect(harmonyRequest(vendorMessage({ payload: 'p', notifyId: 5, badgeAdd: 120 }))).toEqual({
      payload: {
        notification: {
          category: 'MARKETING',
          title: 'Your order',
          body: 'It is on its way',
          clickAction: { actionType: 0, data: { lw_id: 'RASS_1.m1', lw_task: 'RASS_1', payload: 'p' } },
          notifyId: 5,
          badge: { addNum: 99 },
        },
      },
      pushOptions: { ttl: 3_600, biTag: 'RASS_1' },
      target: { token: [] },
    });
  });

  it('gives the app the address that it can’t open by itself, and takes the category that the upstream gives', () => {
    const click = { is: 'url', url: 'https://a.example' } as const;
    const options = { '/payload/notification/category': 'EXPRESS', '/target/token': ['x'] };
    const { payload, target } = harmonyRequest(vendorMessage({ click, options }))!;
    expect(payload.notification).toMatchObject({ category: 'EXPRESS', clickAction: { data: { url: click.url } } });
    expect(target.token).toEqual([]);
  });

  it('is always within the limits and valid, whatever the texts are', () => {
    const random = seededRandom(12);
    let shown = 0;
    for (let round = 0; round < 600; round++) {
      const made = harmonyRequest(randomMessage(random));
      if (!made) continue;
      shown++;
      expect(Buffer.byteLength(JSON.stringify({ ...made, target: {} }))).toBeLessThanOrEqual(maxHarmonyBytes);
      expect(harmonyFaults(made as unknown as Record<string, unknown>)).toEqual([]);
    }
    expect(shown).toBeGreaterThan(400);
  });
});

describe('an answer of Push Kit for HarmonyOS', () => {
  const outcomesOf = (code: string, msg: object | string) => {
    const text = JSON.stringify({ code, msg: typeof msg === 'string' ? msg : JSON.stringify(msg) });
    return harmonyOutcomes({ status: 200, headers: {}, text }, ['a', 'b', 'c'], 0);
  };

  it('drops tokens of a wrong form, and keeps those of another project', () => {
    const illegalTokens = { tokenFormatError: ['a'], noRight: ['b'] };
    expect(outcomesOf('80100000', { illegalTokens, success: 1, failure: 2 })).toEqual([
      { is: 'gone', reason: 'tokenFormatError' },
      { is: 'refused', reason: 'noRight' },
      { is: 'sent' },
    ]);
    expect(outcomesOf('80300007', { illegalTokens })[2]).toEqual({ is: 'refused', reason: '80300007' });
  });

  it('means all tokens where it names none', () => {
    expect(outcomesOf('80300007', 'All the tokens are invalid.')[1]).toEqual({ is: 'gone', reason: '80300007' });
    expect(outcomesOf('80100000', '')[1]).toEqual({ is: 'again', reason: '80100000' });
    expect(outcomesOf('80300037', 'penalty')[0]).toEqual({ is: 'refused', reason: '80300037' });
  });
});
