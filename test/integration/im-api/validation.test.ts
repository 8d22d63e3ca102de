import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiRig } from './rig.ts';

/** A time in which a message may be shown, from and for so many minutes. */
const during = (from: number, minutes: number): string => {
  const start = Date.now() + from * 60_000;
  return `${start}-${start + minutes * 60_000}`;
};

describe('parameters of a push', () => {
  let rig: ApiRig;
  let app: string;
  let token: string;
  let cid: string;

  beforeAll(async () => {
    rig = await new ApiRig().start();
    app = rig.addApp('app1');
    token = await rig.token(app);
    cid = rig.addDevice(app);
  });
  afterAll(() => rig.stop());

  const msgOf = async (more: Record<string, unknown>) => {
    const answer = await rig.call('POST', `/v2/${app}/push/single/cid`, { token, body: rig.pushBody(cid, more) });
    expect([answer.http, answer.code]).toEqual(answer.msg === 'success' ? [200, 0] : [400, 20001]);
    return answer.msg;
  };
  const notification = (more: object) => ({
    push_message: { notification: { title: 't', body: 'b', click_type: 'none', ...more } },
  });
  const message = (push_message: unknown) => ({ push_message });
  const settings = (given: unknown) => ({ settings: given });
  const chooseOne = 'please choose one of notification and transmission and revoke';
  const emoji = '\u{1F600}';

  const refused: [Record<string, unknown>, string][] = [
    [{ request_id: '' }, 'request_id can not be empty'],
    [{ request_id: null }, 'request_id can not be empty'],
    [{ request_id: 1234567890 }, 'request_id type error'],
    [{ request_id: '123456789' }, 'request_id is invalid'],
    [{ request_id: 'a'.repeat(33) }, 'request_id size over limit'],
    [{ request_id: `0123456789\ud800` }, 'request_id is invalid'],
    [{ audience: undefined }, 'audience can not be empty'],
    [{ audience: 'all' }, 'audience type error'],
    [{ audience: {} }, 'audience.cid can not be empty'],
    [{ audience: { cid: [] } }, 'audience.cid can not be empty'],
    [{ audience: { cid: [''] } }, 'audience.cid[0] can not be empty'],
    [{ audience: { cid: 'x' } }, 'audience.cid type error'],
    [{ audience: { cid: ['a', 'b'] } }, 'audience.cid size over limit'],
    [message(undefined), 'push_message can not be empty'],
    [message([]), 'push_message type error'],
    [message({}), chooseOne],
    [message({ transmission: 'a', notification: { title: 't', body: 'b', click_type: 'none' } }), chooseOne],
    [message({ transmission: '' }), 'push_message.transmission can not be empty'],
    [message({ transmission: 1 }), 'push_message.transmission type error'],
    [message({ transmission: 'a'.repeat(3_073) }), 'push_message.transmission size over limit'],
    [message({ transmission: 'a', network_type: 2 }), 'push_message.network_type is invalid'],
    [message({ transmission: 'a', duration: '1-2' }), 'push_message.duration is invalid'],
    [message({ transmission: 'a', duration: during(0, 10) }), 'push_message.duration is invalid'],
    [message({ transmission: 'a', duration: during(-20, 0) }), 'push_message.duration is invalid'],
    [message({ transmission: 'a', duration: during(8 * 24 * 60, 20) }), 'push_message.duration is invalid'],
    [message({ revoke: {} }), 'push_message.revoke.old_task_id can not be empty'],
    [message({ revoke: { old_task_id: '' } }), 'push_message.revoke.old_task_id can not be empty'],
    [message({ revoke: { old_task_id: 'a b' } }), 'push_message.revoke.old_task_id is invalid'],
    [message({ revoke: { old_task_id: 'a', force: 'yes' } }), 'push_message.revoke.force type error'],
    [notification({ title: '' }), 'push_message.notification.title can not be empty'],
    [notification({ title: '字'.repeat(51) }), 'push_message.notification.title size over limit'],
    [notification({ body: undefined }), 'push_message.notification.body can not be empty'],
    [notification({ body: 'a'.repeat(257) }), 'push_message.notification.body size over limit'],
    [notification({ click_type: undefined }), 'push_message.notification.click_type can not be empty'],
    [notification({ click_type: 'open' }), 'push_message.notification.click_type is invalid'],
    [notification({ click_type: 7 }), 'push_message.notification.click_type type error'],
    [notification({ click_type: 'url' }), 'push_message.notification.url can not be empty'],
    [notification({ click_type: 'url', url: '' }), 'push_message.notification.url can not be empty'],
    [notification({ click_type: 'intent' }), 'push_message.notification.intent can not be empty'],
    [notification({ click_type: 'payload' }), 'push_message.notification.payload can not be empty'],
    [notification({ click_type: 'payload_custom' }), 'push_message.notification.payload can not be empty'],
    [notification({ url: 'a'.repeat(1_025) }), 'push_message.notification.url size over limit'],
    [notification({ intent: 'a'.repeat(4_097) }), 'push_message.notification.intent size over limit'],
    [notification({ payload: 'a'.repeat(3_073) }), 'push_message.notification.payload size over limit'],
    [notification({ big_text: 'a'.repeat(513) }), 'push_message.notification.big_text size over limit'],
    [notification({ logo: 'a'.repeat(65) }), 'push_message.notification.logo size over limit'],
    [notification({ logo_url: 'a'.repeat(257) }), 'push_message.notification.logo_url size over limit'],
    [notification({ channel_level: 5 }), 'push_message.notification.channel_level is invalid'],
    [notification({ notify_id: -1 }), 'push_message.notification.notify_id is invalid'],
    [notification({ notify_id: 2 ** 31 }), 'push_message.notification.notify_id is invalid'],
    [notification({ notify_id: 'one' }), 'push_message.notification.notify_id type error'],
    [settings([]), 'settings type error'],
    [settings({ ttl: -2 }), 'settings.ttl is invalid'],
    [settings({ ttl: 259_200_001 }), 'settings.ttl is invalid'],
    [settings({ ttl: 1.5 }), 'settings.ttl type error'],
    [settings({ strategy: { default: 5 } }), 'settings.strategy.default is invalid'],
    [settings({ strategy: 1 }), 'settings.strategy type error'],
    [settings({ speed: -1 }), 'settings.speed is invalid'],
    [{ group_name: 'a'.repeat(101) }, 'group_name size over limit'],
    [message({ transmission: 'a\ud800b' }), 'push_message.transmission is invalid'],
    [notification({ title: 'a\udc00' }), 'push_message.notification.title is invalid'],
    [settings({ 'x\ud800': 1 }), 'settings.x\ufffd is invalid'],
    [settings({ strategy: { webpush: 0 } }), 'settings.strategy.webpush is invalid'],
    [settings({ strategy: Object.fromEntries(Array(33).fill(1).entries()) }), 'settings.strategy size over limit'],
    [{ push_channel: 'x' }, 'push_channel type error'],
    [{ push_channel: { ios: [] } }, 'push_channel.ios type error'],
    [{ push_channel: { webpush: { title: 't'.repeat(51) } } }, 'push_channel.webpush.title size over limit'],
    [{ push_channel: { webpush: { urgency: 'now' } } }, 'push_channel.webpush.urgency is invalid'],
    [{ push_channel: { android: { ups: 'a'.repeat(4_090) } } }, 'push_channel size over limit'],
  ];

  it.each(refused)('%j is refused', async (more, msg) => {
    expect(await msgOf(more)).toBe(msg);
  });

  const accepted: [string, Record<string, unknown>][] = [
    ['a title of 50 characters beyond the basic plane', notification({ title: emoji.repeat(50) })],
    ['a transmission of 3072 characters beyond the basic plane', message({ transmission: emoji.repeat(3_072) })],
    ['numbers as strings', { settings: { ttl: '-1', speed: '0' }, ...notification({ channel_level: '4' }) }],
    ['a ttl of 3 days', settings({ ttl: 259_200_000 })],
    ['a group of 100 characters', { group_name: '组'.repeat(100) }],
    ['ttl 0, as −1: for who is online', { settings: { ttl: 0 } }],
    ['a pair of surrogates', message({ transmission: emoji })],
    ['fields that are null', { settings: null, group_name: null, ...notification({ url: null, notify_id: null }) }],
    ['fields that nobody knows', { nobody: { knows: [1] }, settings: { this: 'either' } }],
    ['a duration of eleven minutes', message({ transmission: 'a', duration: during(0, 11) })],
    ['vendor channels at their limit', { push_channel: { hms: 7, android: { ups: 'a'.repeat(4_060) }, ios: null } }],
    ['vendor channels and strategies', { push_channel: { ios: {} }, settings: { strategy: { default: 1, st: 4 } } }],
    ['characters that JSON escapes', message({ transmission: `${'\u0000'.repeat(3_000)}"\\` })],
  ];

  it.each(accepted)('%s are accepted', async (_what, more) => {
    expect(await msgOf(more)).toBe('success');
  });
});
