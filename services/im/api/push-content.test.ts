import { describe, expect, it } from 'vitest';
import { checkPushMessage, contentOf, recalledBy } from './push-content.ts';

const bare = { title: 't', body: 'b', click_type: 'none' as const };

describe('push_message', () => {
  it('needs exactly one content', () => {
    const chooseOne = 'please choose one of notification and transmission and revoke';
    expect(() => checkPushMessage({})).toThrow(chooseOne);
    expect(() => checkPushMessage({ transmission: 'x', revoke: { old_task_id: 'a' } })).toThrow(chooseOne);
    expect(() => checkPushMessage({ transmission: 'x' })).not.toThrow();
  });

  it('needs the field of its click type, named where it stands', () => {
    const check = (more: object) => () =>
      checkPushMessage({ notification: { ...bare, ...more } }, 'msg_list[2].push_message');
    expect(check({ click_type: 'intent' })).toThrow('msg_list[2].push_message.notification.intent can not be empty');
    expect(check({ click_type: 'payload_custom' })).toThrow('notification.payload can not be empty');
    expect(check({ click_type: 'payload_custom', payload: 'p' })).not.toThrow();
    expect(check({ click_type: 'startapp' })).not.toThrow();
  });

  it('has a duration of over ten minutes', () => {
    const check = (duration: string) => () => checkPushMessage({ transmission: 'x', duration });
    expect(check('1700000000000-1700000600000')).toThrow('push_message.duration is invalid');
    expect(check('1700000600001-1700000000000')).toThrow('push_message.duration is invalid');
    expect(check('1700000000000-1700000600001')).not.toThrow();
  });

  it('becomes a notification of the device protocol, without what was left empty', () => {
    const given = {
      ...bare,
      ...{ click_type: 'url' as const, url: 'u', intent: '', payload: 'p', logo: 'l', logo_url: 'lu' },
      ...{ channel_id: 'c', channel_name: 'n', channel_level: 0, badge_add_num: 0, notify_id: 0, thread_id: 'x' },
    };
    expect(contentOf({ notification: given })).toEqual({
      notification: {
        ...{ title: 't', body: 'b', clickType: 'url', url: 'u', payload: 'p', logo: 'l', logoUrl: 'lu' },
        ...{ channelId: 'c', channelName: 'n', channelLevel: 0, badgeAddNum: 0, notifyId: 0 },
      },
    });
  });

  it('becomes a transmission or a revoke', () => {
    expect(contentOf({ transmission: 'x' })).toEqual({ transmission: 'x' });
    expect(contentOf({ revoke: { old_task_id: 'a' } })).toEqual({ revoke: { task: 'a', force: false } });
    expect(recalledBy({ revoke: { task: 'a', force: false } })).toBe('a');
    expect(recalledBy({ transmission: 'x' })).toBeUndefined();
  });
});
