import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../test/browser/console/seeded-random.ts';
import { xiaomiFaults } from '../../../../../test/rigs/vendors/xiaomi.ts';
import { randomMessage, vendorMessage } from '../../testing/vendor-messages.ts';
import { xiaomiForm } from './message.ts';
import { xiaomiOutcomes } from './outcome.ts';

const app = { packageName: 'com.example.app' };

describe('a message by Mi Push', () => {
  it('is a form of texts, with the head of the push in extras', () => {
    const message = vendorMessage({
      payload: 'p',
      notifyId: 9,
      options: { '/extra.channel_id': '137', '/notify_type': 1 },
    });
    expect(xiaomiForm(message, { ...app, channelId: '99' })).toEqual({
      restricted_package_name: 'com.example.app',
      pass_through: '0',
      title: 'Your order',
      description: 'It is on its way',
      time_to_live: '3600000',
      notify_id: '9',
      notify_type: '1',
      payload: 'p',
      'extra.channel_id': '137',
      'extra.notify_effect': '1',
      'extra.lw_id': 'RASS_1.m1',
      'extra.lw_task': 'RASS_1',
    });
  });

  it('is cut below 50 and 128 characters, with an ellipsis and whole surrogate pairs', () => {
    const form = xiaomiForm(vendorMessage({ title: '😀'.repeat(25), body: `${'b'.repeat(125)}😀😀` }), app)!;
    expect(form['title']).toBe(`${'😀'.repeat(24)}…`);
    expect(form['description']).toBe(`${'b'.repeat(125)}…`);
    expect(xiaomiForm(vendorMessage({ title: 't'.repeat(49) }), app)!['title']).toBe('t'.repeat(49));
  });

  it('has a number of its own, the same for a copy of itself', () => {
    const numberOf = (collapseId: string) => xiaomiForm(vendorMessage({ collapseId }), app)!['notify_id'];
    expect(numberOf('a')).toBe(numberOf('a'));
    expect(numberOf('a')).not.toBe(numberOf('b'));
  });

  it('opens an address or an intent that fits into an extra', () => {
    const effectOf = (click: Parameters<typeof vendorMessage>[0] & object) => xiaomiForm(vendorMessage(click), app)!;
    expect(effectOf({ click: { is: 'url', url: 'http://a' } })).toMatchObject({
      'extra.notify_effect': '3',
      'extra.web_uri': 'http://a',
    });
    expect(effectOf({ click: { is: 'intent', intent: 'i'.repeat(1_024) } })).toMatchObject({
      'extra.notify_effect': '2',
    });
    expect(effectOf({ click: { is: 'intent', intent: 'i'.repeat(1_025) } })).toMatchObject({
      'extra.notify_effect': '1',
    });
  });

  it('takes up to ten extras, and nothing that names who gets it', () => {
    const extras = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`/extra.k${index}`, 'v']));
    const options = { ...extras, '/registration_id': 'x', '/extra.long': 'l'.repeat(1_025), '/extra.o': { a: 1 } };
    const form = xiaomiForm(vendorMessage({ options }), app)!;
    expect(Object.keys(form).filter((name) => name.startsWith('extra.'))).toHaveLength(10);
    expect(form).not.toHaveProperty('registration_id');
    expect(form).not.toHaveProperty(['extra.long']);
  });

  it('is always within the limits and valid, whatever the texts are', () => {
    const random = seededRandom(14);
    let shown = 0;
    for (let round = 0; round < 600; round++) {
      const form = xiaomiForm(randomMessage(random), app);
      if (!form) continue;
      shown++;
      expect(xiaomiFaults(form)).toEqual([]);
      expect(Object.fromEntries(new URLSearchParams(new URLSearchParams(form).toString()))).toEqual(form);
    }
    expect(shown).toBeGreaterThan(400);
  });
});

describe('an answer of Mi Push', () => {
  const outcomesOf = (body: unknown, status = 200, tokens = ['a', 'b']) =>
    xiaomiOutcomes({ status, headers: {}, text: JSON.stringify(body) }, tokens, 0);

  it('names the registration ids that are dead', () => {
    expect(outcomesOf({ code: 0, data: { id: 'x', bad_regids: 'b' } })).toEqual([
      { is: 'sent' },
      { is: 'gone', reason: 'bad_regid' },
    ]);
  });

  it('that sending failed means that the one registration id is dead, but not that several are', () => {
    expect(outcomesOf({ code: 20_301 }, 200, ['a'])).toEqual([{ is: 'gone', reason: '20301' }]);
    expect(outcomesOf({ code: 20_301 })[0]).toEqual({ is: 'refused', reason: '20301' });
  });

  it.each([
    [{ code: 10_034 }, 200, { is: 'again', of: 'app', afterMs: 600_000, reason: '10034' }],
    [{ code: 10_027 }, 200, { is: 'again', of: 'app', reason: '10027' }],
    [{ code: 10_002 }, 200, { is: 'again', reason: '10002' }],
    [{ code: 21_301 }, 200, { is: 'denied', reason: '21301' }],
    [{ code: 10_017 }, 200, { is: 'refused', reason: '10017' }],
    [{}, 401, { is: 'denied', reason: 'http_401' }],
    [{}, 502, { is: 'again', reason: 'http_502' }],
    [null, 200, { is: 'again', reason: 'unreadable' }],
  ])('%j with status %i means %j', (body, status, outcome) => {
    expect(outcomesOf(body, status)).toEqual([outcome, outcome]);
  });
});
