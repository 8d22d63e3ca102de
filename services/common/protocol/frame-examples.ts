import type { ClientFrames, ServerFrames } from './device-frames.ts';

/** At least one frame of each kind, for the document of the protocol. */
type ExamplesOf<Frames> = { [Kind in keyof Frames]: [Frames[Kind], ...Frames[Kind][]] };

const appId = 'demo';
const cid = '15fa726744ffcef519457d9e20aa34a5';
const token = 'q0zV5vJmT3c8rXn1aWb2dYf4gHk6LpSe7uIoRtZyQxA';
const task = 'RASS_1124_49601af0cef855e9641f3379a14e9b3761e0b7f6';
const id = `${task}.b8Tn2QxW0aVc4LmR`;
const at = 1_764_000_000_000;
const exp = at + 7_200_000;

export const clientExamples: ExamplesOf<ClientFrames> = {
  register: [
    {
      t: 'register',
      appId,
      ts: at,
      nonce: '5b0e7a94c1d2',
      sign: '9f2c4b7e1a6d8053c9e7f4a2b1d0658e3c7a9b5f2d4e6081a3c5e7f9b2d4c6e8',
      device: { platform: 'android', model: 'Pixel 9', os: '16', sdk: '0.1.0' },
    },
  ],
  login: [{ t: 'login', appId, cid, token, seq: 17 }],
  ack: [{ t: 'ack', seq: 18 }],
  event: [
    { t: 'event', task, id, action: 'clicked', at },
    { t: 'event', task, id, action: 'custom:90001' },
    { t: 'event', rid: 5, task, id, action: 'shown', at },
  ],
  alias: [{ t: 'alias', rid: 1, op: 'bind', alias: 'demo_user' }],
  tags: [{ t: 'tags', rid: 2, set: ['vip', 'beijing'] }],
  channel: [
    { t: 'channel', rid: 3, kind: 'webpush', subscription: { endpoint: 'https://push.example/send/4c1d' } },
    { t: 'channel', rid: 4, kind: 'webpush', subscription: null },
    { t: 'channel', rid: 5, kind: 'fcm', subscription: { token: 'cT9x4e2RQ1m:APA91bH7tq0ZkXv5' } },
  ],
  ping: [{ t: 'ping' }],
  logout: [{ t: 'logout' }],
};

export const serverExamples: ExamplesOf<ServerFrames> = {
  registered: [{ t: 'registered', cid, token }],
  welcome: [{ t: 'welcome', session: 'cm-1.42', heartbeat: 240, serverTime: at, window: 32, bseq: 0 }],
  push: [
    {
      t: 'push',
      id,
      task,
      seq: 18,
      at,
      exp,
      notification: {
        title: 'Your order',
        body: 'It is on its way',
        clickType: 'url',
        url: 'https://shop.example/2041',
      },
    },
    { t: 'push', id, task, seq: 19, at, exp, transmission: '{"order":2041,"state":"shipped"}' },
    { t: 'push', id, task, seq: 20, at, exp, revoke: { task, force: false } },
  ],
  reconnect: [{ t: 'reconnect', after: 1_500 }],
  kick: [
    { t: 'kick', reason: 'replaced' },
    { t: 'kick', reason: 'replaced', after: 4_000 },
  ],
  ok: [{ t: 'ok', rid: 1 }],
  error: [
    { t: 'error', code: 'bad_frame', message: 'alias: is invalid', rid: 1 },
    { t: 'error', code: 'bad_credentials', message: 'appId or sign is wrong', reason: 'sign', serverTime: at },
    {
      t: 'error',
      code: 'bad_credentials',
      message: 'ts: is 3600 s off, allowed are 300 s',
      reason: 'clock',
      serverTime: at,
    },
  ],
  pong: [{ t: 'pong' }],
};
