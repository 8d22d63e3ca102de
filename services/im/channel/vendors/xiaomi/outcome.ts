import type { HttpAnswer, Outcome } from '../../adapter.ts';
import { all, codeOf, isObject, quotaRestMs, stringsOf } from '../calls.ts';
import { busyOutcome, objectOf, reasonOf } from '../shared.ts';

/** The service's own trouble, or a request that took too long. */
const passing = new Set([-1, 1, 10_001, 10_002, 10_003, 10_037, 20_607, 26_003, 65_029]);
/** Authentication, the app, its package: what the credentials say is wrong. */
const denials = new Set([21_301, 21_302, 22_000, 22_006, 22_007, 22_022]);
const tooFast = 10_027;
const quota = 10_034;
/** "Sending failed": what comes if no registration id is valid. */
const failed = 20_301;

/** What an answer means for each of the registration ids: `{result,code,data:{id,bad_regids:"a,b"}}`. */
export function xiaomiOutcomes(answer: HttpAnswer, tokens: readonly string[], now: number): Outcome[] {
  const { code: given, data } = objectOf(answer);
  const code = codeOf(given);
  if (code === 0) {
    const bad = badOf(data);
    return tokens.map((token) => (bad.has(token) ? { is: 'gone', reason: 'bad_regid' } : { is: 'sent' }));
  }
  return all(tokens, wholeOutcome(answer, code, tokens.length, now));
}

function wholeOutcome(answer: HttpAnswer, code: number, tokens: number, now: number): Outcome {
  const reason = reasonOf(code);
  if (code === quota) return { is: 'again', of: 'app', afterMs: quotaRestMs, ...reason };
  if (code === tooFast) return { is: 'again', of: 'app', ...reason };
  if (denials.has(code)) return { is: 'denied', ...reason };
  if (passing.has(code)) return { is: 'again', ...reason };
  // Of several it may be something else that failed.
  if (code === failed) return { is: tokens === 1 ? 'gone' : 'refused', ...reason };
  const busy = busyOutcome(answer, now);
  if (busy) return busy;
  if (answer.status === 401) return { is: 'denied', reason: 'http_401' };
  if (!Number.isNaN(code)) return { is: 'refused', ...reason };
  return answer.status >= 400
    ? { is: 'refused', reason: `http_${answer.status}` }
    : { is: 'again', reason: 'unreadable' };
}

/** As a text with commas; some have seen the name with a capital, and a list. */
function badOf(data: unknown): Set<string> {
  const { bad_regids, bad_regIds } = isObject(data) ? data : {};
  const given = bad_regids ?? bad_regIds;
  return new Set(typeof given === 'string' ? given.split(',') : stringsOf(given));
}
