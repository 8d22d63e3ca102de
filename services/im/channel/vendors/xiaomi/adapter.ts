import type { Outcome, Vendor } from '../../adapter.ts';
import { all, formType, toEach } from '../calls.ts';
import { addressOf } from '../shared.ts';
import { xiaomiForm } from './message.ts';
import { xiaomiOutcomes } from './outcome.ts';

/** Of mainland China; other regions have addresses of their own, and `baseUrl` may say one. */
const sendUrl = 'https://api.xmpush.xiaomi.com/v3/message/regid';

export const xiaomi: Vendor<'xiaomi'> = {
  kind: 'xiaomi',
  // 1,000 are taken, but the answer names the dead ones, and no more than 64 KiB of it are read.
  maxTokens: 200,
  open(credentials, deps) {
    const { http, now } = deps;
    const url = addressOf(sendUrl, deps);
    return {
      send: (message, tokens) =>
        toEach(tokens, async (distinct) => {
          const form = xiaomiForm(message, credentials);
          if (!form) return all(distinct, { is: 'nothing' });
          const good = distinct.filter(isRegId);
          const outcomes = new Map<string, Outcome>();
          if (good.length > 0) {
            const body = new URLSearchParams({ ...form, registration_id: good.join(',') }).toString();
            const headers = { 'content-type': formType, authorization: `key=${credentials.appSecret}` };
            const answer = await http({ method: 'POST', url, headers, body });
            for (const [index, outcome] of xiaomiOutcomes(answer, good, now()).entries()) {
              outcomes.set(good[index]!, outcome);
            }
          }
          return distinct.map((token) => outcomes.get(token) ?? { is: 'gone', reason: 'no_regid' });
        }),
      close: async () => {},
    };
  },
};

/** Devices name their tokens: one with a comma would be several to the service. */
function isRegId(token: string): boolean {
  return !token.includes(',');
}
