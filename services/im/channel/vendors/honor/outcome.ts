import type { HttpAnswer, Outcome } from '../../adapter.ts';
import { all, codeOf, isObject, stringsOf } from '../calls.ts';
import { noneValid, success } from '../huawei/outcome.ts';
import { busyOutcome, objectOf, reasonOf } from '../shared.ts';

/** Honor's own list of codes is not known; these are Huawei's, which other users of the API look for. */
const denials = new Set([401, 80_200_001, 80_200_003]);

export function honorDenial(answer: HttpAnswer): string | undefined {
  const code = codeOf(objectOf(answer)['code']);
  if (denials.has(code)) return String(code);
  return answer.status === 401 ? 'http_401' : undefined;
}

/** What an answer means for each of the tokens: `{code:200,data:{sendResult,failTokens,expireTokens}}`. */
export function honorOutcomes(answer: HttpAnswer, tokens: readonly string[], now: number): Outcome[] {
  const busy = busyOutcome(answer, now);
  if (busy) return all(tokens, busy);
  const { code: given, data } = objectOf(answer);
  const code = codeOf(given);
  if (code === noneValid) return all(tokens, { is: 'gone', reason: String(code) });
  if (code !== 200 && code !== success) {
    if (!Number.isNaN(code)) return all(tokens, { is: 'refused', ...reasonOf(code) });
    const reason = answer.status >= 400 ? `http_${answer.status}` : 'unreadable';
    return all(tokens, { is: answer.status >= 400 ? 'refused' : 'again', reason });
  }
  const { sendResult, failTokens, expireTokens } = isObject(data) ? data : {};
  const expired = new Set(stringsOf(expireTokens));
  const failed = new Set(stringsOf(failTokens));
  const others: Outcome =
    sendResult === false && expired.size === 0 && failed.size === 0
      ? { is: 'refused', reason: 'send_result' }
      : { is: 'sent' };
  return tokens.map((token) => {
    if (expired.has(token)) return { is: 'gone', reason: 'expire_token' };
    return failed.has(token) ? { is: 'refused', reason: 'fail_token' } : others;
  });
}
