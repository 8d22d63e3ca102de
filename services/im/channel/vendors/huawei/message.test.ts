import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../test/browser/console/seeded-random.ts';
import { huaweiFaults } from '../../../../../test/rigs/vendors/huawei.ts';
import { randomMessage, vendorMessage } from '../../testing/vendor-messages.ts';
import { huaweiRequest, maxHuaweiBytes } from './message.ts';

const androidOf = (more: Parameters<typeof vendorMessage>[0]) => huaweiRequest(vendorMessage(more))!.message.android;

describe('a message by Push Kit for Android', () => {
  it('is a notification with the head of the push as data, kept as long as the message', () => {
    expect(huaweiRequest(vendorMessage({ payload: '{"a":1}', badgeAdd: 1 }))).toEqual({
      validate_only: false,
      message: {
        data: '{"lw_id":"RASS_1.m1","lw_task":"RASS_1","payload":"{\\"a\\":1}"}',
        android: {
          ttl: '3600s',
          bi_tag: 'RASS_1',
          notification: {
            title: 'Your order',
            body: 'It is on its way',
            click_action: { type: 3 },
            importance: 'NORMAL',
            tag: 'c0llapse',
          },
        },
        token: [],
      },
    });
  });

  it('opens what a tap is to open, as far as it can', () => {
    const clickOf = (click: Parameters<typeof vendorMessage>[0] & object) => androidOf(click).notification.click_action;
    expect(clickOf({ click: { is: 'url', url: 'https://a.example' } })).toEqual({ type: 2, url: 'https://a.example' });
    expect(clickOf({ click: { is: 'url', url: 'http://a.example' } })).toEqual({ type: 3 });
    expect(clickOf({ click: { is: 'intent', intent: 'intent:#Intent;end' } })).toEqual({
      type: 1,
      intent: 'intent:#Intent;end',
    });
    expect(clickOf({ click: { is: 'none' } })).toEqual({ type: 3 });
  });

  it('has what the upstream gives for Android, but neither other tokens nor a test; a badge needs a class', () => {
    const options = {
      '/message/android/category': 'IM',
      '/message/android/notification/badge/class': 'com.example.Main',
      '/message/token': ['another'],
      '/validate_only': true,
    };
    const request = huaweiRequest(vendorMessage({ options, badgeAdd: 7 }))!;
    expect(request.validate_only).toBe(false);
    expect(request.message.token).toEqual([]);
    expect(request.message.android).toMatchObject({
      category: 'IM',
      notification: { badge: { class: 'com.example.Main', add_num: 7 } },
    });
  });

  it('takes the place of one with the same notify_id, else only of a copy of itself', () => {
    expect(androidOf({ notifyId: 7 }).notification).toMatchObject({ notify_id: 7 });
    expect(androidOf({ notifyId: 7 }).notification).not.toHaveProperty('tag');
    expect(androidOf({ level: 1 }).notification.importance).toBe('LOW');
  });

  it('leaves out what is too long, the payload first, and keeps title and body', () => {
    const long = {
      payload: 'p'.repeat(3_072),
      click: { is: 'intent', intent: `intent:${'i'.repeat(3_900)}` },
    } as const;
    const request = huaweiRequest(vendorMessage({ ...long, body: '字'.repeat(256) }))!;
    expect(request.message.data).toBe('{"lw_id":"RASS_1.m1","lw_task":"RASS_1"}');
    expect(request.message.android.notification).toMatchObject({ body: '字'.repeat(256), click_action: { type: 3 } });
    const shorter = huaweiRequest(vendorMessage({ ...long, click: { is: 'app' }, payload: 'p'.repeat(2_000) }))!;
    expect(shorter.message.data).toContain('p'.repeat(2_000));
  });

  it('shows nothing that is blank', () => {
    expect(huaweiRequest(vendorMessage({ title: ' \n' }))).toBeUndefined();
    expect(huaweiRequest(vendorMessage({ body: '' }))).toBeUndefined();
  });

  it('is always within the limits and valid, whatever the texts are', () => {
    const random = seededRandom(11);
    let shown = 0;
    for (let round = 0; round < 600; round++) {
      const options = round % 3 === 0 ? { '/message/android/notification/ticker': '字'.repeat(1_300) } : {};
      const made = huaweiRequest({ ...randomMessage(random), options });
      if (!made) continue;
      shown++;
      const { token: _, ...message } = made.message;
      expect(Buffer.byteLength(JSON.stringify({ ...made, message }))).toBeLessThanOrEqual(maxHuaweiBytes);
      expect(huaweiFaults(made as unknown as Record<string, unknown>)).toEqual([]);
    }
    expect(shown).toBeGreaterThan(400);
  });
});
