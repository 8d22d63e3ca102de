import type { HttpAnswer, Outcome } from '../../adapter.ts';
import { all, codeOf, isObject, quotaRestMs } from '../calls.ts';
import { busyOutcome, objectOf, reasonOf } from '../shared.ts';

/** Codes of OPPO's list that mean something else than that a request is wrong. */
export const oppoCodes = {
  success: 0,
  flowControl: -2,
  unavailable: -1,
  badAuthToken: 11,
  callsLimited: 13,
  badTimestamp: 19,
  noAuthToken: 29,
  dailyLimit: 33,
  frequency: 55,
  badRegistrationId: 10_000,
} as const;

const tooFast: ReadonlySet<number> = new Set([oppoCodes.flowControl, oppoCodes.callsLimited, oppoCodes.frequency]);
/** The app is disabled, or may not push. */
const denials = new Set([28, 30]);

export function oppoDenial(answer: HttpAnswer): string | undefined {
  const code = codeOf(objectOf(answer)['code']);
  if (code === oppoCodes.badAuthToken || code === oppoCodes.noAuthToken) return String(code);
  return answer.status === 401 ? 'http_401' : undefined;
}

/** What an answer of the batch of single messages means: `{code,data:[{registrationId,messageId,errorCode?}]}`. */
export function oppoOutcomes(answer: HttpAnswer, tokens: readonly string[], now: number): Outcome[] {
  const { code: given, data } = objectOf(answer);
  const code = codeOf(given);
  if (code !== oppoCodes.success) return all(tokens, oppoFailure(answer, code, tokens.length, now));
  const faults = new Map<unknown, unknown>();
  for (const entry of Array.isArray(data) ? data : []) {
    if (!isObject(entry)) continue;
    const { registrationId, errorCode } = entry;
    if (errorCode !== undefined && errorCode !== null && codeOf(errorCode) !== 0) faults.set(registrationId, errorCode);
  }
  return tokens.map((token) => {
    if (!faults.has(token)) return { is: 'sent' };
    const fault = faults.get(token);
    return { is: codeOf(fault) === oppoCodes.badRegistrationId ? 'gone' : 'refused', ...reasonOf(fault) };
  });
}

/** What an answer without success means, also of the authentication. */
export function oppoFailure(answer: HttpAnswer, code: number, tokens: number, now: number): Outcome {
  const reason = reasonOf(code);
  if (code === oppoCodes.dailyLimit) return { is: 'again', of: 'app', afterMs: quotaRestMs, ...reason };
  if (tooFast.has(code)) return { is: 'again', of: 'app', ...reason };
  if (code === oppoCodes.unavailable) return { is: 'again', ...reason };
  if (denials.has(code)) return { is: 'denied', ...reason };
  // Of several it isn't said whose it is.
  if (code === oppoCodes.badRegistrationId) return { is: tokens === 1 ? 'gone' : 'refused', ...reason };
  const busy = busyOutcome(answer, now);
  if (busy) return busy;
  if (!Number.isNaN(code)) return { is: 'refused', ...reason };
  return answer.status >= 400
    ? { is: 'refused', reason: `http_${answer.status}` }
    : { is: 'again', reason: 'unreadable' };
}
