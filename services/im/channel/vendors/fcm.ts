import { createPrivateKey } from 'node:crypto';
import type { CredentialsOf } from '../../../common/protocol/channel-credentials.ts';
import type { HttpAnswer, Outcome, Vendor, VendorDeps } from '../adapter.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { VendorMessage } from '../vendor-message.ts';
import { signedJwt } from './jwt.ts';
import {
  AccessToken,
  addressOf,
  busyOutcome,
  failedOutcome,
  NoAccess,
  objectOf,
  reasonOf,
  withOptions,
} from './shared.ts';

const tokenUrl = 'https://oauth2.googleapis.com/token';
const scope = 'https://www.googleapis.com/auth/firebase.messaging';
const jwtLifeS = 3_600;
/** Of a message, without its token, by FCM's documents; the rest of its 4,096 bytes is headroom for names of fields. */
export const maxMessageBytes = 4_000;
/** What goes first where a message is too long. */
const spared = ['payload', 'intent', 'url'];
/** What `options` may set: never the target. */
const settable = ['/android', '/data', '/fcm_options'];

/** Firebase Cloud Messaging by its HTTP v1 API: a message a request, an OAuth token from the app's service account. */
export const fcm: Vendor<'fcm'> = {
  kind: 'fcm',
  maxTokens: 1,
  open({ serviceAccount }, deps) {
    const access = new AccessToken(() => accessToken(serviceAccount, deps), deps.now);
    const url = addressOf(
      `https://fcm.googleapis.com/v1/projects/${encodeURIComponent(serviceAccount.project_id)}/messages:send`,
      deps,
    );

    async function sendOne(body: ReturnType<typeof fcmBody>, token: string): Promise<Outcome> {
      try {
        const bearer = await access.get();
        const answer = await deps.http({
          method: 'POST',
          url,
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify({ message: { ...body, token } }),
        });
        const outcome = fcmOutcome(answer, deps.now());
        if (answer.status === 401) access.refused(bearer);
        return outcome;
      } catch (error) {
        return failedOutcome(error);
      }
    }

    return {
      send: (message, tokens) => {
        const body = fcmBody(message);
        return Promise.all(tokens.map((token) => sendOne(body, token)));
      },
      close: () => Promise.resolve(),
    };
  },
};

async function accessToken(
  { client_email, private_key, private_key_id }: CredentialsOf<'fcm'>['serviceAccount'],
  deps: VendorDeps,
): Promise<{ token: string; lifeMs: number }> {
  const iat = Math.floor(deps.now() / 1_000);
  const assertion = signedJwt(
    'RS256',
    private_key_id === undefined ? {} : { kid: private_key_id },
    { iss: client_email, scope, aud: tokenUrl, iat, exp: iat + jwtLifeS },
    createPrivateKey(private_key),
  );
  const answer = await deps.http({
    method: 'POST',
    url: addressOf(tokenUrl, deps),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
  });
  const { access_token: token, expires_in: lifeS, error } = objectOf(answer);
  if (answer.status === 200 && typeof token === 'string' && token !== '' && Number.isFinite(lifeS)) {
    return { token, lifeMs: (lifeS as number) * 1_000 };
  }
  const busy = busyOutcome(answer, deps.now());
  throw new NoAccess(busy ?? { is: 'denied', ...reasonOf(error ?? `http_${answer.status}`) });
}

/**
 * The message without its target. `data` is text only, and its names may not be those that FCM keeps to itself. What is too long
 * goes without the payload, and then without what a tap leads to, and says so.
 */
export function fcmBody(message: VendorMessage) {
  const { title, body, click, payload, ttl, level, channelId, collapseId, badgeAdd, logoUrl, data } = message;
  const made = (more: Record<string, string>) =>
    withOptions(
      {
        notification: { title, body, ...(logoUrl?.startsWith('https://') ? { image: logoUrl } : {}) },
        data: { ...data, ...more },
        android: {
          ttl: `${ttl}s`,
          priority: level >= 3 ? 'HIGH' : 'NORMAL',
          // Without a notify_id messages take each other's place only if they are one: FCM keeps four keys a device.
          ...(message.notifyId === undefined ? {} : { collapse_key: collapseId }),
          notification: {
            tag: collapseId,
            ...(channelId === undefined ? {} : { channel_id: channelId }),
            ...(badgeAdd === undefined ? {} : { notification_count: badgeAdd }),
          },
        },
      },
      message.options,
      settable,
    );
  const own: Record<string, string> = { ...clickData(click), ...(payload === undefined ? {} : { payload }) };
  let fitting = made(own);
  for (const field of spared) {
    if (Buffer.byteLength(JSON.stringify(fitting)) <= maxMessageBytes) break;
    delete own[field];
    fitting = made({ ...own, partial: 'true' });
  }
  return fitting;
}

/** What the app's code makes of a tap: FCM itself opens the app. */
function clickData(click: VendorMessage['click']): Record<string, string> {
  switch (click.is) {
    case 'url':
      return { click: 'url', url: click.url };
    case 'intent':
      return { click: 'intent', intent: click.intent };
    default:
      return { click: click.is };
  }
}

/** By the codes of FCM's `FcmError` where the answer has one, else by its status. */
export function fcmOutcome(answer: HttpAnswer, now: number): Outcome {
  if (answer.status >= 200 && answer.status < 300) return { is: 'sent' };
  const error = objectOf(answer)['error'] as { status?: unknown; details?: unknown } | undefined;
  const details = Array.isArray(error?.details) ? (error.details as { errorCode?: unknown }[]) : [];
  const code = details.find((one) => typeof one?.errorCode === 'string')?.errorCode ?? error?.status;
  const reason = reasonOf(code ?? `http_${answer.status}`);
  if (code === 'UNREGISTERED') return { is: 'gone', ...reason };
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  // Without a time FCM asks for a minute.
  if (code === 'QUOTA_EXCEEDED' || answer.status === 429)
    return { is: 'again', afterMs: afterMs ?? 60_000, of: 'app', ...reason };
  const busy = busyOutcome(answer, now);
  if (busy) return { ...busy, ...reason };
  if (code === 'THIRD_PARTY_AUTH_ERROR' || code === 'SENDER_ID_MISMATCH') return { is: 'refused', ...reason };
  // The access token may have been taken back: the next try gets another.
  if (answer.status === 401) return { is: 'again', of: 'app', ...reason };
  return { is: answer.status === 403 ? 'denied' : 'refused', ...reason };
}
