import { describe, expect, test } from 'vitest';
import type { ChannelMessage } from '../../../common/protocol/channel-records.ts';
import { toVendorMessage } from './to-vendor-message.ts';

const now = 1_000_000;
const notification = { title: 't', body: 'b', clickType: 'url', url: 'https://x/', notifyId: 7, channelLevel: 4 };

function messageOf(content: object, given: Record<string, Record<string, unknown>> = {}): ChannelMessage {
  const body = JSON.stringify({ t: 'push', id: 'T.1', task: 'T', at: 1, exp: now + 60_500, ...content });
  const orders = { given };
  return { kind: 'message', app: 'app', task: 'T', exp: now + 60_500, body, orders, cids: ['c'.repeat(32)] };
}

test('a notification is shown as it is, by each kind', () => {
  for (const kind of ['fcm', 'apns', 'huawei', 'harmony'] as const) {
    expect(toVendorMessage(kind, messageOf({ notification }), now)).toMatchObject({
      ...{
        id: 'T.1',
        task: 'T',
        title: 't',
        body: 'b',
        ttl: 61,
        exp: now + 60_500,
        level: 4,
        notifyId: 7,
        options: {},
      },
      click: { is: 'url', url: 'https://x/' },
      collapseId: `notify-${'7'.padStart(25, '0')}`,
      data: { lw_id: 'T.1', lw_task: 'T' },
    });
  }
});

describe('what push_channel gives', () => {
  const ups = {
    notification: { title: 'u', click_type: 'intent', intent: 'intent:#Intent;end', notify_id: 9 },
    options: { ALL: { a: 1, b: 1 }, HW: { b: 2 }, FCM: { b: 3 } },
  };

  test('takes the place of the notification’s, for Android’s vendors with options of their own', () => {
    expect(toVendorMessage('huawei', messageOf({ notification }, { android: { ups } }), now)).toMatchObject({
      ...{ title: 'u', body: 'b', notifyId: 9, options: { a: 1, b: 2 } },
      click: { is: 'intent', intent: 'intent:#Intent;end' },
    });
    expect(toVendorMessage('fcm', messageOf({ notification }, { android: { ups } }), now)?.options).toEqual({
      a: 1,
      b: 3,
    });
    expect(toVendorMessage('apns', messageOf({ notification }, { android: { ups } }), now)?.title).toBe('t');
  });

  test('makes something to show of a transmission, with a title and a text alone', () => {
    const transmission = { transmission: 'x' };
    expect(toVendorMessage('fcm', messageOf(transmission), now)).toBeUndefined();
    expect(toVendorMessage('fcm', messageOf(transmission, { android: { ups } }), now)).toBeUndefined();
    const shown = { ups: { notification: { title: 'u', body: 'v' } } };
    expect(toVendorMessage('xiaomi', messageOf(transmission, { android: shown }), now)).toMatchObject({ body: 'v' });
    const alert = { aps: { alert: { title: 'i', body: 'j' } }, payload: 'p' };
    expect(toVendorMessage('apns', messageOf(transmission, { ios: alert }), now)).toMatchObject({
      ...{ title: 'i', body: 'j', payload: 'p', click: { is: 'app' } },
      ios: alert,
    });
    const silent = { aps: { 'content-available': 1 } };
    expect(toVendorMessage('apns', messageOf(transmission, { ios: silent }), now)).toMatchObject({
      title: '',
      body: '',
    });
    const harmony = { notification: { title: 'h', body: 'k' } };
    expect(toVendorMessage('harmony', messageOf(transmission, { harmony }), now)).toMatchObject({ title: 'h' });
  });

  test('of a wrong type or too long counts as missing', () => {
    for (const wrong of [5, null, 'x'.repeat(51), [], {}]) {
      const android = { ups: { notification: { title: wrong, body: wrong, notify_id: 'z' }, options: [] } };
      expect(toVendorMessage('fcm', messageOf({ notification }, { android: android as never }), now)).toMatchObject({
        ...{ title: 't', notifyId: 7, options: {} },
      });
    }
    for (const ups of [null, 5, 'x', [1]]) {
      const given = { android: { ups } };
      expect(toVendorMessage('fcm', messageOf({ notification }, given), now)?.title).toBe('t');
    }
  });
});
