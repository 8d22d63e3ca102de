import { ECDH } from 'node:crypto';
import {
  type Channel,
  type ChannelKind,
  maxEndpointLength,
  maxTokenLength,
} from '../../common/protocol/channel-calls.ts';

export type ReadSubscription = { ok: true; subscription: Channel['subscription'] } | { ok: false; fault: string };

/**
 * A Web Push subscription as a browser gives it, or the token of a vendor, and nothing that could fail later: what is kept
 * can be sent to. A fault names the field, in words that never repeat its content.
 */
export function readSubscription(kind: ChannelKind, given: Record<string, unknown>): ReadSubscription {
  return kind === 'webpush' ? readWebPush(given) : readToken(given['token']);
}

function readToken(token: unknown): ReadSubscription {
  if (typeof token === 'string' && token.length <= maxTokenLength && /^[!-~]+$/.test(token)) {
    return { ok: true, subscription: { token } };
  }
  return fault('token', `must be 1 to ${maxTokenLength} printable characters of ASCII, without spaces`);
}

function readWebPush(given: Record<string, unknown>): ReadSubscription {
  const endpoint = endpointOf(given['endpoint']);
  if (endpoint === undefined) {
    return fault('endpoint', `must be an https URL without credentials, of at most ${maxEndpointLength} characters`);
  }
  const { keys } = given;
  if (typeof keys !== 'object' || keys === null) return fault('keys', 'must be an object');
  const { p256dh, auth } = keys as Record<string, unknown>;
  if (!isBytes(p256dh, 65) || !isPoint(p256dh)) {
    return fault('keys.p256dh', 'must be an uncompressed point of P-256, 65 bytes as base64url');
  }
  if (!isBytes(auth, 16)) return fault('keys.auth', 'must be 16 bytes as base64url');
  return { ok: true, subscription: { endpoint, keys: { p256dh, auth } } };
}

function fault(field: string, what: string): ReadSubscription {
  return { ok: false, fault: `subscription.${field}: ${what}` };
}

function endpointOf(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length > maxEndpointLength || !URL.canParse(given)) return undefined;
  const { protocol, username, password, href } = new URL(given);
  if (protocol !== 'https:' || username !== '' || password !== '' || href.length > maxEndpointLength) return undefined;
  return href;
}

/** Without padding, as browsers write it. */
function isBytes(given: unknown, length: number): given is string {
  if (typeof given !== 'string' || given.length !== Math.ceil((length * 4) / 3)) return false;
  return /^[A-Za-z0-9_-]+$/.test(given);
}

function isPoint(text: string): boolean {
  try {
    // Begins with the byte 4: other encodings of a point are no subscription's.
    if (!/^B[A-P]/.test(text)) return false;
    ECDH.convertKey(text, 'prime256v1', 'base64url');
    return true;
  } catch {
    return false;
  }
}
