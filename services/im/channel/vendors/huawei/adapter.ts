import type { Vendor } from '../../adapter.ts';
import { all, clientCredentials, jsonType, toEach, withAccess } from '../calls.ts';
import { AccessToken, addressOf } from '../shared.ts';
import { huaweiRequest } from './message.ts';
import { huaweiDenial, huaweiOutcomes } from './outcome.ts';

const tokenUrl = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';

/** Push Kit for Android: v1 with the app's client id, v2 where a project sends for several apps. */
function sendUrl({ appId, projectId }: { appId: string; projectId?: string | undefined }): string {
  const who = projectId === undefined ? `v1/${appId}` : `v2/${projectId}`;
  return `https://push-api.cloud.huawei.com/${who}/messages:send`;
}

export const huawei: Vendor<'huawei'> = {
  kind: 'huawei',
  // 1,000 are taken, but the answer names the dead ones, and no more than 64 KiB of it are read.
  maxTokens: 200,
  open(credentials, deps) {
    const { http, now } = deps;
    const { appId: id, clientSecret: secret } = credentials;
    const access = new AccessToken(
      () => clientCredentials(http, { url: addressOf(tokenUrl, deps), id, secret, now: now() }),
      now,
    );
    const url = addressOf(sendUrl(credentials), deps);
    return {
      send: (message, tokens) =>
        toEach(tokens, async (distinct) => {
          const made = huaweiRequest(message);
          if (!made) return all(distinct, { is: 'nothing' });
          const body = JSON.stringify({ ...made, message: { ...made.message, token: distinct } });
          const answer = await withAccess(
            access,
            http,
            (token) => ({
              method: 'POST',
              url,
              headers: { 'content-type': jsonType, authorization: `Bearer ${token}` },
              body,
            }),
            huaweiDenial,
          );
          return huaweiOutcomes(answer, distinct, now());
        }),
      close: async () => {},
    };
  },
};
