import { createPrivateKey } from 'node:crypto';
import type { HttpAnswer, Outcome, Vendor } from '../adapter.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { VendorMessage } from '../vendor-message.ts';
import { signedJwt } from './jwt.ts';
import { AccessToken, addressOf, failedOutcome, objectOf, reasonOf } from './shared.ts';

/** APNs takes a token of the provider's for an hour, and no new one within 20 min. */
const providerTokenMs = 40 * 60_000;
/** Of a request's body, by Apple's documents. */
export const maxPayloadBytes = 4_096;
const hosts = { production: 'https://api.push.apple.com', sandbox: 'https://api.sandbox.push.apple.com' };

/** Apple's push service: HTTP/2 over one connection an app that is kept, a token of the app's key (ES256). */
export const apns: Vendor<'apns'> = {
  kind: 'apns',
  // One a request, but many at once on the one connection: the rest of a message's devices doesn't wait for the first.
  maxTokens: 50,
  open({ keyId, teamId, privateKey, topic, production }, deps) {
    const key = createPrivateKey(privateKey);
    const client = deps.openHttp2();
    const host = production ? hosts.production : hosts.sandbox;
    const provider = new AccessToken(() => {
      const iat = Math.floor(deps.now() / 1_000);
      const token = signedJwt('ES256', { kid: keyId }, { iss: teamId, iat }, key);
      return Promise.resolve({ token, lifeMs: providerTokenMs });
    }, deps.now);

    async function sendOne(headers: Record<string, string>, body: string, token: string): Promise<Outcome> {
      try {
        const bearer = await provider.get();
        const answer = await client.request({
          method: 'POST',
          url: addressOf(`${host}/3/device/${encodeURIComponent(token)}`, deps),
          headers: { ...headers, authorization: `bearer ${bearer}` },
          body,
        });
        const outcome = apnsOutcome(answer, deps.now());
        if (outcome.is === 'again' && outcome.reason === 'ExpiredProviderToken') provider.refused(bearer);
        return outcome;
      } catch (error) {
        return failedOutcome(error);
      }
    }

    return {
      send: (message, tokens) => {
        const headers = apnsHeaders(message, topic);
        const body = apnsBody(message);
        return Promise.all(tokens.map((token) => sendOne(headers, body, token)));
      },
      close: () => client.close(),
    };
  },
};

export function apnsHeaders(message: VendorMessage, topic: string): Record<string, string> {
  const type = pushTypeOf(message);
  const given = message.ios?.['apns-collapse-id'];
  const collapseId = isCollapseId(given) ? given : message.collapseId;
  return {
    'content-type': 'application/json',
    'apns-topic': type === 'voip' ? `${topic}.voip` : topic,
    'apns-push-type': type,
    // 10: at once. What only wakes the app must be 5, as must what shows nothing.
    'apns-priority': type === 'background' || message.level < 3 ? '5' : '10',
    'apns-expiration': String(Math.floor(message.exp / 1_000)),
    ...(type === 'alert' ? { 'apns-collapse-id': collapseId } : {}),
  };
}

function isCollapseId(given: unknown): given is string {
  return typeof given === 'string' && /^[!-~]{1,64}$/.test(given);
}

function pushTypeOf({ title, body, ios }: VendorMessage): 'alert' | 'background' | 'voip' {
  if (ios?.['type'] === 'voip') return 'voip';
  return title === '' && body === '' ? 'background' : 'alert';
}

/** Of `push_channel.ios.aps`, what goes into Apple's own `aps` as it is, by its type. */
const apsFields: Record<string, (given: unknown) => boolean> = {
  sound: (given) => (typeof given === 'string' && given.length <= 128) || isObject(given),
  category: isShortText,
  'thread-id': isShortText,
  'content-available': (given) => given === 1,
  'mutable-content': (given) => given === 1,
  'interruption-level': (given) => ['passive', 'active', 'time-sensitive', 'critical'].includes(given as string),
  'relevance-score': (given) => typeof given === 'number' && given >= 0 && given <= 1,
  'target-content-id': isShortText,
  badge: (given) => Number.isInteger(given) && (given as number) >= 0,
};

/** What goes first where a body is too long, then what of the alert is no title or text. */
const spared = ['payload', 'url', 'intent'];

/** As JSON, at most 4,096 bytes: what is too long goes without its payload and says so. */
export function apnsBody(message: VendorMessage): string {
  const { title, body, click, payload, data } = message;
  const given = isObject(message.ios?.['aps']) ? message.ios['aps'] : {};
  const kept = Object.entries(given).filter(([name, value]) => apsFields[name]?.(value));
  const alert = { ...(isObject(given['alert']) ? given['alert'] : {}), title, body };
  const silent = pushTypeOf(message) === 'background';
  const aps = {
    ...(silent ? {} : { alert, sound: 'default' }),
    ...badgeOf(message.ios?.['auto_badge']),
    ...Object.fromEntries(kept),
  };
  const own: Record<string, string> = {
    ...data,
    ...(click.is === 'url' ? { url: click.url } : {}),
    ...(click.is === 'intent' ? { intent: click.intent } : {}),
    ...(payload === undefined ? {} : { payload }),
  };
  let text = JSON.stringify({ aps, ...own });
  for (const field of spared) {
    if (Buffer.byteLength(text) <= maxPayloadBytes) return text;
    delete own[field];
    text = JSON.stringify({ aps, ...own, partial: true });
  }
  if (Buffer.byteLength(text) <= maxPayloadBytes) return text;
  // Title and text alone fit by the bounds of the API.
  return JSON.stringify({
    aps: silent ? { 'content-available': 1 } : { alert: { title, body } },
    ...data,
    partial: true,
  });
}

/** Getui's `auto_badge`: a number sets it. "+1" needs the number that the device shows, which nobody here knows. */
function badgeOf(given: unknown): { badge?: number } {
  return typeof given === 'string' && /^\d{1,5}$/.test(given) ? { badge: Number(given) } : {};
}

/** By Apple's table of statuses and reasons. */
export function apnsOutcome(answer: HttpAnswer, now: number): Outcome {
  if (answer.status === 200) return { is: 'sent' };
  const { reason: given } = objectOf(answer);
  const reason = reasonOf(given ?? `http_${answer.status}`);
  if (answer.status === 410 || given === 'BadDeviceToken') return { is: 'gone', ...reason };
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  const wait = afterMs === undefined ? {} : { afterMs };
  if (answer.status === 429) {
    // Too many to one device concern it alone; all else the app.
    if (given === 'TooManyRequests') return { is: 'again', ...wait, ...reason };
    return { is: 'again', afterMs: afterMs ?? 60_000, of: 'app', ...reason };
  }
  if (answer.status >= 500) {
    return { is: 'again', ...wait, ...(afterMs === undefined ? {} : { of: 'app' as const }), ...reason };
  }
  if (given === 'ExpiredProviderToken' || given === 'IdleTimeout') return { is: 'again', ...reason };
  if (answer.status === 403) return { is: 'denied', ...reason };
  return { is: 'refused', ...reason };
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function isShortText(given: unknown): boolean {
  return typeof given === 'string' && given !== '' && given.length <= 128;
}
