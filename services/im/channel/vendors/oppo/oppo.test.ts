import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../test/browser/console/seeded-random.ts';
import { oppoFaults } from '../../../../../test/rigs/vendors/oppo.ts';
import { randomMessage, vendorMessage } from '../../testing/vendor-messages.ts';
import { oppoNotification } from './message.ts';
import { oppoDenial, oppoOutcomes } from './outcome.ts';

describe('a message by OPPO', () => {
  it('is a notification in the standard style, with the head of the push as parameters', () => {
    const options = { '/channel_id': 'c', '/category': 'IM', '/notify_level': 2, '/target_value': 'x', '/title': 'x' };
    expect(oppoNotification(vendorMessage({ options, payload: 'p', notifyId: 3 }))).toEqual({
      app_message_id: expect.stringMatching(/^[\w-]{32}$/),
      style: 1,
      title: 'Your order',
      content: 'It is on its way',
      click_action_type: 0,
      action_parameters: '{"lw_id":"RASS_1.m1","lw_task":"RASS_1","payload":"p"}',
      off_line: true,
      off_line_ttl: 3_600,
      notify_id: 3,
      channel_id: 'c',
      category: 'IM',
      notify_level: 2,
    });
  });

  it('is in the style of long texts from 51 characters on, and cut at 128; an emoji is one', () => {
    const contentOf = (body: string) => oppoNotification(vendorMessage({ body }))!;
    expect(contentOf('😀'.repeat(50))).toMatchObject({ style: 1, content: '😀'.repeat(50) });
    expect(contentOf('b'.repeat(51))).toMatchObject({ style: 2, content: 'b'.repeat(51) });
    expect(contentOf('😀'.repeat(129))).toMatchObject({ style: 2, content: `${'😀'.repeat(127)}…` });
  });

  it('is told from others by its id, not by what it takes the place of', () => {
    const idOf = (more: object) => oppoNotification(vendorMessage(more))!.app_message_id;
    expect(idOf({ id: 'a', collapseId: 'x' })).not.toBe(idOf({ id: 'b', collapseId: 'x' }));
    expect(idOf({ id: 'a' })).toBe(idOf({ id: 'a' }));
  });

  it('has no parameters beside an address: they would become part of it', () => {
    const made = oppoNotification(vendorMessage({ click: { is: 'url', url: 'https://a.example/?b=1' } }))!;
    expect(made).toMatchObject({ click_action_type: 2, click_action_url: 'https://a.example/?b=1' });
    expect(made).not.toHaveProperty('action_parameters');
    const intent = { is: 'intent', intent: 'i'.repeat(2_001) } as const;
    expect(oppoNotification(vendorMessage({ click: intent }))).toMatchObject({ click_action_type: 0 });
  });

  it('is always within the limits and valid, whatever the texts are', () => {
    const random = seededRandom(15);
    let shown = 0;
    for (let round = 0; round < 600; round++) {
      const made = oppoNotification(randomMessage(random));
      if (!made) continue;
      shown++;
      expect(oppoFaults(made as unknown as Record<string, unknown>)).toEqual([]);
    }
    expect(shown).toBeGreaterThan(400);
  });
});

describe('an answer of OPPO', () => {
  const answer = (body: unknown, status = 200) => ({ status, headers: {}, text: JSON.stringify(body) });
  const outcomesOf = (body: unknown, status = 200, tokens = ['a', 'b']) =>
    oppoOutcomes(answer(body, status), tokens, 0);

  it('says of each registration id what came of it', () => {
    const data = [
      { registrationId: 'b', errorCode: 10_000 },
      { registrationId: 'c', errorCode: 77 },
      { registrationId: 'a' },
    ];
    expect(outcomesOf({ code: 0, data }, 200, ['a', 'b', 'c'])).toEqual([
      { is: 'sent' },
      { is: 'gone', reason: '10000' },
      { is: 'refused', reason: '77' },
    ]);
  });

  it.each([
    [{ code: 33 }, 200, { is: 'again', of: 'app', afterMs: 600_000, reason: '33' }],
    [{ code: 13 }, 200, { is: 'again', of: 'app', reason: '13' }],
    [{ code: -2 }, 200, { is: 'again', of: 'app', reason: '-2' }],
    [{ code: -1 }, 200, { is: 'again', reason: '-1' }],
    [{ code: 30 }, 200, { is: 'denied', reason: '30' }],
    [{ code: 41 }, 200, { is: 'refused', reason: '41' }],
    [{ code: 10_000 }, 200, { is: 'refused', reason: '10000' }],
    [{}, 500, { is: 'again', reason: 'http_500' }],
    ['x', 200, { is: 'again', reason: 'unreadable' }],
  ])('%j with status %i means %j', (body, status, outcome) => {
    expect(outcomesOf(body, status)).toEqual([outcome, outcome]);
  });

  it('says that an auth token isn’t taken', () => {
    expect(oppoDenial(answer({ code: 11 }))).toBe('11');
    expect(oppoDenial(answer({ code: 0 }))).toBeUndefined();
  });
});
