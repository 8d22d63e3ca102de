import { describe, expect, it } from 'vitest';
import type { ChannelMessage } from '../../../common/protocol/channel-records.ts';
import { encodePush } from '../../../common/protocol/push-frame.ts';
import type { RestNotification } from '../../../common/protocol/rest/push-message.ts';
import { contentOf } from '../../api/push-content.ts';
import { maxPayloadBytes, webPushMessage } from './message.ts';

const now = 1_000_000;
const head = { id: 'm'.repeat(40), task: 'RASS_1', at: now - 5, exp: now + 5_500 };

function messageOf(
  push: { notification: Partial<RestNotification> } | { transmission: string } | { revoke: { old_task_id: string } },
  webpush?: object,
): ChannelMessage {
  const bare = { title: 't', body: 'b', click_type: 'none' as const };
  const content = contentOf('notification' in push ? { notification: { ...bare, ...push.notification } } : push);
  const orders = webpush ? { given: { webpush: webpush as Record<string, unknown> } } : {};
  const { task, exp } = head;
  return { kind: 'message', app: 'app', task, exp, body: encodePush(head, content), orders, cids: ['c'.repeat(32)] };
}

const read = (message: ChannelMessage) => {
  const made = webPushMessage(message, now)!;
  return { ...made, frame: JSON.parse(made.payload) as { notification: object; partial?: boolean } };
};

describe('a message by Web Push', () => {
  it('is the push frame without a position, kept as long as the message', () => {
    const { frame, ttl, urgency } = read(messageOf({ notification: { url: 'u', click_type: 'url' } }));
    expect(frame).toEqual({ t: 'push', ...head, notification: { title: 't', body: 'b', clickType: 'url', url: 'u' } });
    expect([ttl, urgency]).toEqual([6, 'normal']);
    expect(webPushMessage({ ...messageOf({ notification: {} }), exp: now }, now)?.ttl).toBe(1);
  });

  it('shows what is given for it in place of the notification', () => {
    const { frame, urgency } = read(
      messageOf({ notification: {} }, { title: 'w', url: 'https://x', urgency: 'very-low' }),
    );
    expect(frame.notification).toEqual({ title: 'w', body: 'b', clickType: 'url', url: 'https://x' });
    expect(urgency).toBe('very-low');
  });

  it('stands for a transmission if title and body are given; else there is nothing to show, as in a recall', () => {
    const shown = messageOf({ transmission: 'secret' }, { title: 'w', body: 'v' });
    expect(read(shown).frame.notification).toEqual({ title: 'w', body: 'v', clickType: 'startapp' });
    expect(read(shown).payload).not.toContain('secret');
    expect(webPushMessage(messageOf({ transmission: 'x' }, { title: 'w' }), now)).toBeUndefined();
    expect(webPushMessage(messageOf({ revoke: { old_task_id: 'a' } }), now)).toBeUndefined();
  });

  it('is the more urgent the more important its notification is', () => {
    const urgencies = [0, 1, 2, 3, 4].map(
      (channel_level) => read(messageOf({ notification: { channel_level } })).urgency,
    );
    expect(urgencies).toEqual(['low', 'low', 'normal', 'normal', 'high']);
  });

  it('takes the place of one with the same notify_id, else only of a copy of itself', () => {
    const topic = (notify_id?: number) =>
      read(messageOf({ notification: notify_id === undefined ? {} : { notify_id } })).topic;
    expect(topic(7)).toBe(topic(7));
    const ids = [0, 7, 77, 777_777, 2_147_483_647];
    expect(new Set(ids.map(topic)).size).toBe(ids.length);
    for (const id of ids) expect(topic(id)).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(topic()).toBe(topic());
    expect(topic()).toMatch(/^[A-Za-z0-9_-]{32}$/);
  });

  it('leaves out what is too long, the payload first, and says so', () => {
    const payload = 'p'.repeat(3_072);
    const { frame } = read(messageOf({ notification: { payload, url: 'u'.repeat(1_024), click_type: 'url' } }));
    expect(frame.partial).toBe(true);
    expect(frame.notification).toEqual({ title: 't', body: 'b', clickType: 'url', url: 'u'.repeat(1_024) });
    expect(read(messageOf({ notification: { payload, click_type: 'payload' } })).frame).not.toHaveProperty('partial');
  });

  it('fits at the bounds of the API, whatever the characters are', () => {
    for (const character of ['字', '𝒳', '\u0001', '"']) {
      const text = (length: number): string => character.repeat(length);
      const notification = {
        ...{ title: text(50), body: text(256), click_type: 'startapp' as const, intent: text(4_096), url: text(1_024) },
        ...{ payload: text(3_072), logo: text(64), logo_url: text(256), channel_id: text(64), channel_name: text(64) },
        ...{ channel_level: 4, notify_id: 2_147_483_647, badge_add_num: 2_147_483_647 },
      };
      const longest = messageOf({ notification }, { url: text(1_024) });
      const task = 'T'.repeat(64);
      const frame = { ...(JSON.parse(longest.body) as object), id: 'i'.repeat(128), task };
      const made = read({ ...longest, body: JSON.stringify(frame) });
      expect(Buffer.byteLength(made.payload)).toBeLessThanOrEqual(maxPayloadBytes);
      expect(made.frame.notification).toMatchObject({ title: text(50), body: text(256) });
    }
  });
});
