import type { HttpAnswer, Outcome } from '../../adapter.ts';
import { all, codeOf, stringsOf } from '../calls.ts';
import { busyOutcome, objectOf, reasonOf } from '../shared.ts';

/** Answers that say that the access token, or the JWT, isn't taken. */
const denials = new Set([80_200_001, 80_200_003, 80_200_005]);
/** Too many tasks, OAuth away, an inner error. */
const passing = new Set([80_100_017, 80_600_003, 81_000_001]);

export const success = 80_000_000;
export const partly = 80_100_000;
export const noneValid = 80_300_007;

export function huaweiDenial(answer: HttpAnswer): string | undefined {
  const code = codeOf(objectOf(answer)['code']);
  if (denials.has(code)) return String(code);
  return answer.status === 401 ? 'http_401' : undefined;
}

/** What an answer of the v1 or v2 API means for each of the tokens. */
export function huaweiOutcomes(answer: HttpAnswer, tokens: readonly string[], now: number): Outcome[] {
  const { code: given, msg } = objectOf(answer);
  const code = codeOf(given);
  if (code === partly) return partOf(msg, tokens);
  if (code === noneValid) return all(tokens, { is: 'gone', reason: String(code) });
  return all(tokens, wholeOutcome(answer, code, now));
}

/** What an answer means that is the same for all tokens. */
export function wholeOutcome(answer: HttpAnswer, code: number, now: number): Outcome {
  // 503 is flow control: of the app, and of nothing that one message has.
  if (answer.status === 503) return { ...busyOutcome(answer, now)!, is: 'again', of: 'app' };
  const busy = busyOutcome(answer, now);
  if (busy) return busy;
  if (code === success) return { is: 'sent' };
  if (passing.has(code)) return { is: 'again', ...reasonOf(code) };
  if (!Number.isNaN(code)) return { is: 'refused', ...reasonOf(code) };
  return answer.status >= 400
    ? { is: 'refused', reason: `http_${answer.status}` }
    : { is: 'again', reason: 'unreadable' };
}

/** `msg` is JSON in a string: `{"success":3,"failure":1,"illegal_tokens":["…"]}`. */
function partOf(msg: unknown, tokens: readonly string[]): Outcome[] {
  const illegal = new Set(stringsOf(objectOf({ text: String(msg) } as HttpAnswer)['illegal_tokens']));
  // Whose they are isn't known then: a copy takes the place of what was shown.
  if (illegal.size === 0) return all(tokens, { is: 'again', reason: String(partly) });
  return tokens.map((token) =>
    illegal.has(token) ? { is: 'gone' as const, reason: String(partly) } : { is: 'sent' as const },
  );
}
