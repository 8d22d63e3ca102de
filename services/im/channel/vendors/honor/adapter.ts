import type { Vendor } from '../../adapter.ts';
import { all, clientCredentials, jsonType, toEach, withAccess } from '../calls.ts';
import { AccessToken, addressOf } from '../shared.ts';
import { honorRequest } from './message.ts';
import { honorDenial, honorOutcomes } from './outcome.ts';

const tokenUrl = 'https://iam.developer.honor.com/auth/token';

export const honor: Vendor<'honor'> = {
  kind: 'honor',
  // How many are taken isn't known for sure.
  maxTokens: 100,
  open({ appId, clientId: id, clientSecret: secret }, deps) {
    const { http, now } = deps;
    const access = new AccessToken(
      () => clientCredentials(http, { url: addressOf(tokenUrl, deps), id, secret, now: now() }),
      now,
    );
    const url = addressOf(`https://push-api.cloud.honor.com/api/v1/${appId}/sendMessage`, deps);
    return {
      send: (message, tokens) =>
        toEach(tokens, async (distinct) => {
          const made = honorRequest(message);
          if (!made) return all(distinct, { is: 'nothing' });
          const body = JSON.stringify({ ...made, token: distinct });
          const answer = await withAccess(
            access,
            http,
            (token) => ({
              method: 'POST',
              url,
              headers: { 'content-type': jsonType, authorization: `Bearer ${token}`, timestamp: String(now()) },
              body,
            }),
            honorDenial,
          );
          return honorOutcomes(answer, distinct, now());
        }),
      close: async () => {},
    };
  },
};
