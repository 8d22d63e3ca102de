import { createHash } from 'node:crypto';
import type { CredentialsOf } from '../../../../common/protocol/channel-credentials.ts';
import type { HttpClient, Vendor, VendorDeps } from '../../adapter.ts';
import { all, codeOf, formType, isObject, isToken, toEach, withAccess } from '../calls.ts';
import { AccessToken, addressOf, NoAccess, objectOf, reasonOf } from '../shared.ts';
import { oppoNotification } from './message.ts';
import { oppoCodes, oppoDenial, oppoFailure, oppoOutcomes } from './outcome.ts';

/** Of mainland China; `baseUrl` may say the one for other countries. */
const host = 'https://api.push.oppomobile.com';
const dayMs = 86_400_000;
/** By registration id. */
const targetType = 2;

export const oppo: Vendor<'oppo'> = {
  kind: 'oppo',
  // 1,000 messages are taken, but each has the whole notification.
  maxTokens: 100,
  open(credentials, deps) {
    const { http, now } = deps;
    const access = new AccessToken(() => authToken(http, credentials, deps), now);
    const url = addressOf(`${host}/server/v1/message/notification/unicast_batch`, deps);
    return {
      send: (message, tokens) =>
        toEach(tokens, async (distinct) => {
          const notification = oppoNotification(message);
          if (!notification) return all(distinct, { is: 'nothing' });
          const messages = JSON.stringify(
            distinct.map((token) => ({ target_type: targetType, target_value: token, notification })),
          );
          const answer = await withAccess(
            access,
            http,
            (token) => ({
              method: 'POST',
              url,
              headers: { 'content-type': formType },
              body: new URLSearchParams({ auth_token: token, messages }).toString(),
            }),
            oppoDenial,
          );
          return oppoOutcomes(answer, distinct, now());
        }),
      close: async () => {},
    };
  },
};

/** @throws NoAccess as the service says, LongwireError `unavailable` */
async function authToken(
  http: HttpClient,
  { appKey, masterSecret }: CredentialsOf<'oppo'>,
  deps: VendorDeps,
): Promise<{ token: string; lifeMs: number }> {
  const timestamp = String(deps.now());
  const sign = createHash('sha256').update(`${appKey}${timestamp}${masterSecret}`).digest('hex');
  const answer = await http({
    method: 'POST',
    url: addressOf(`${host}/server/v1/auth`, deps),
    headers: { 'content-type': formType },
    body: new URLSearchParams({ app_key: appKey, sign, timestamp }).toString(),
  });
  const { code: given, data } = objectOf(answer);
  const code = codeOf(given);
  const token = isObject(data) ? data['auth_token'] : undefined;
  if (code === oppoCodes.success && isToken(token)) return { token, lifeMs: dayMs };
  const outcome = oppoFailure(answer, code, 1, deps.now());
  // Our clock is off, or the request took long.
  if (code === oppoCodes.badTimestamp) throw new NoAccess({ is: 'again', ...reasonOf(code) });
  throw new NoAccess(outcome.is === 'refused' ? { ...outcome, is: 'denied' } : outcome);
}
