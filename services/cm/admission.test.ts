import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ErrorCode, LongwireError } from '../common/errors.ts';
import { Identity } from '../common/identity.ts';
import type { App } from '../common/protocol/app.ts';
import { Admission } from './admission.ts';
import { browserSubscription } from './testing/subscription.ts';

const app: App = { appId: 'app', appKey: 'k', masterSecret: 'm', appSecret: 's', name: 'n', disabled: false };
const now = 1_000_000;

/** Registrations, and what they had kept, in order. */
function rig(fault?: ErrorCode, fresh = true) {
  const kept: unknown[] = [];
  const keep = (what: string) => async (request: object) => {
    if (fault && what === 'channel') throw new LongwireError(fault, 'away');
    kept.push({ what, ...request });
    return {};
  };
  const admission = new Admission(
    new Identity(['a key of sixteen or more']),
    { register: keep('device') },
    { claimNonce: async () => ({ fresh }) },
    { setChannel: keep('channel') },
    { find: async () => app, remembered: () => app },
    { login: () => true, registration: () => true, failed: () => true, mayFail: () => true, retryAfterMs: () => 0 },
    () => now,
  );
  const register = (channel?: { kind: 'webpush'; subscription: Record<string, unknown> }, ts = now, secret = 's') => {
    const sign = createHmac('sha256', secret).update(`app\n${ts}\nnonce-of-8`).digest('hex');
    return admission.register(
      {
        ...{ t: 'register' as const, appId: 'app', ts, nonce: 'nonce-of-8', sign, device: { platform: 'web' } },
        ...(channel ? { channel } : {}),
      },
      '192.0.2.1',
    );
  };
  return { kept, register };
}

test('a registration keeps the channel that it names, once the device is kept', async () => {
  const { kept, register } = rig();
  const { endpoint, keys } = browserSubscription();
  const registered = await register({ kind: 'webpush', subscription: { endpoint, keys, expirationTime: null } });
  expect(registered).toMatchObject({ ok: true });
  const { cid } = registered as { cid: string };
  expect(kept).toEqual([
    expect.objectContaining({ what: 'device', cid }),
    { what: 'channel', app: 'app', cid, kind: 'webpush', subscription: { endpoint, keys } },
  ]);
  expect(await register()).toMatchObject({ ok: true });
  expect(kept).toHaveLength(3);
});

test('a registration whose channel is at fault is refused by the name of the field, and nothing is kept', async () => {
  const { kept, register } = rig();
  const subscription = { ...browserSubscription(), endpoint: 'http://push.example/1' };
  expect(await register({ kind: 'webpush', subscription })).toMatchObject({
    ok: false,
    refusal: { code: 'bad_frame', close: 4400, message: expect.stringMatching(/^channel\.subscription\.endpoint: /) },
  });
  expect(kept).toEqual([]);
});

test('a channel that can’t be kept now is told, so that the device registers again', async () => {
  const { register } = rig('unavailable');
  const answer = await register({ kind: 'webpush', subscription: browserSubscription() });
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'unavailable', close: 4503 } });
});

test('a refusal of a registration says what was wrong: the clock, the nonce or the sign', async () => {
  const refused = { code: 'bad_credentials', close: 4401 };
  const { register } = rig();
  expect(await register(undefined, now - 300_001)).toMatchObject({ refusal: { ...refused, reason: 'clock' } });
  expect(await register(undefined, now + 300_001)).toMatchObject({ refusal: { ...refused, reason: 'clock' } });
  expect(await register(undefined, now, 'wrong')).toMatchObject({ refusal: { ...refused, reason: 'sign' } });
  expect(await register(undefined, now - 300_000)).toMatchObject({ ok: true });
  expect(await rig(undefined, false).register()).toMatchObject({ refusal: { ...refused, reason: 'nonce' } });
});
