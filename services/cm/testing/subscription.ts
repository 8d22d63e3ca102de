import { createECDH, randomBytes } from 'node:crypto';
import type { WebPushSubscription } from '../../common/protocol/channel-calls.ts';

/** A subscription as a browser gives it, with fields that nobody here reads. */
export function browserSubscription(
  endpoint = 'https://push.example/to/1',
): WebPushSubscription & { [field: string]: unknown } {
  const ecdh = createECDH('prime256v1');
  const keys = { p256dh: ecdh.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') };
  return { endpoint, expirationTime: null, keys };
}
