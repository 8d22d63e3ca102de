import { describe, expect, it } from 'vitest';
import { channelOrdersOf, checkPushChannel } from './channel-orders.ts';

const notification = { notification: { title: 't', body: 'b', click_type: 'none' as const } };
const transmission = { transmission: 'x' };
const ordersOf = (strategy?: Record<string, number>, given?: object, push_message: object = notification) =>
  channelOrdersOf(
    { push_message, ...(given ? { push_channel: given } : {}), ...(strategy ? { settings: { strategy } } : {}) },
    true,
  );

describe('what is said of channels', () => {
  it('goes with a notification as it is, even if it is nothing', () => {
    expect(ordersOf()).toEqual({});
    expect(ordersOf({ default: 1, webpush: 4 }, { ios: { aps: {} }, webpush: { title: 'w' } })).toEqual({
      strategy: { default: 1, webpush: 4 },
      given: { ios: { aps: {} }, webpush: { title: 'w' } },
    });
  });

  it('goes with a transmission only if something is given for a channel, and never with a recall', () => {
    expect(ordersOf({ default: 2 }, undefined, transmission)).toBeUndefined();
    expect(ordersOf(undefined, { webpush: { title: 'w' } }, transmission)).toEqual({
      given: { webpush: { title: 'w' } },
    });
    expect(ordersOf(undefined, { webpush: {} }, { revoke: { old_task_id: 'a' } })).toBeUndefined();
  });

  it('is nothing for a message that isn’t stored, or that goes by no channel', () => {
    expect(channelOrdersOf({ push_message: notification }, false)).toBeUndefined();
    expect(ordersOf({ default: 3 })).toBeUndefined();
    expect(ordersOf({ default: 3, ios: 3 })).toBeUndefined();
    expect(ordersOf({ default: 3, ios: 1 })).toEqual({ strategy: { default: 3, ios: 1 } });
    expect(ordersOf({ ios: 3 })).toEqual({ strategy: { ios: 3 } });
  });

  it('is without what has no name of a channel, or isn’t an object', () => {
    const odd = JSON.parse('{"__proto__x":1,"Ios":{},"hms":7,"list":[],"fcm":{"a":1}}') as object;
    expect(ordersOf({ [`${'a'.repeat(33)}`]: 1 }, odd)).toEqual({ given: { fcm: { a: 1 } } });
  });

  it('is at most 4096 characters of JSON', () => {
    const of = (length: number) => ({ ios: { a: 'a'.repeat(length - '{"ios":{"a":""}}'.length) } });
    expect(() => checkPushChannel(of(4_096), 'push_channel')).not.toThrow();
    expect(() => checkPushChannel(of(4_097), 'msg_list[1].push_channel')).toThrow(
      'msg_list[1].push_channel size over limit',
    );
  });
});
