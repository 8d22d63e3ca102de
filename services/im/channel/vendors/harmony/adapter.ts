import type { Vendor } from '../../adapter.ts';
import { all, toEach, withAccess } from '../calls.ts';
import { huaweiDenial } from '../huawei/outcome.ts';
import { AccessToken, addressOf, NoAccess } from '../shared.ts';
import { jwtLifeS, keyOf, serviceJwt } from './jwt.ts';
import { harmonyRequest } from './message.ts';
import { harmonyOutcomes } from './outcome.ts';

/** Push Kit for HarmonyOS 5 and later: v3, with the JSON Web Token of a service account. */
export const harmony: Vendor<'harmony'> = {
  kind: 'harmony',
  // As for Huawei.
  maxTokens: 200,
  open({ serviceAccount }, deps) {
    const { http, now } = deps;
    const access = new AccessToken(async () => {
      try {
        return { token: serviceJwt(serviceAccount, keyOf(serviceAccount), now()), lifeMs: jwtLifeS * 1_000 };
      } catch {
        throw new NoAccess({ is: 'denied', reason: 'private_key' });
      }
    }, now);
    const url = addressOf(`https://push-api.cloud.huawei.com/v3/${serviceAccount.project_id}/messages:send`, deps);
    return {
      send: (message, tokens) =>
        toEach(tokens, async (distinct) => {
          const made = harmonyRequest(message);
          if (!made) return all(distinct, { is: 'nothing' });
          const body = JSON.stringify({ ...made, target: { token: distinct } });
          const answer = await withAccess(
            access,
            http,
            (token) => ({
              method: 'POST',
              url,
              headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'push-type': '0' },
              body,
            }),
            huaweiDenial,
          );
          return harmonyOutcomes(answer, distinct, now());
        }),
      close: async () => {},
    };
  },
};
