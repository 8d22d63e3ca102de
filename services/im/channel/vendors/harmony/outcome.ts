import type { HttpAnswer, Outcome } from '../../adapter.ts';
import { all, codeOf, isObject, stringsOf } from '../calls.ts';
import { noneValid, partly, wholeOutcome } from '../huawei/outcome.ts';
import { objectOf, reasonOf } from '../shared.ts';

/**
 * Reasons that say that a token is of no use. Others say what the project may not do, or that the token is another
 * project's: with other credentials it is good.
 */
const dead = new Set(['tokenFormatError', 'tokenPlatformNotSupport']);

/** What an answer of the v3 API means for each of the tokens. */
export function harmonyOutcomes(answer: HttpAnswer, tokens: readonly string[], now: number): Outcome[] {
  const { code: given, msg } = objectOf(answer);
  const code = codeOf(given);
  if (code !== partly && code !== noneValid) return all(tokens, wholeOutcome(answer, code, now));
  const reasons = reasonsOf(msg);
  if (reasons.size > 0) {
    const rest: Outcome = code === partly ? { is: 'sent' } : { is: 'refused', reason: String(code) };
    return tokens.map((token) => {
      const reason = reasons.get(token);
      if (reason === undefined) return rest;
      return { is: dead.has(reason) ? ('gone' as const) : ('refused' as const), ...reasonOf(reason) };
    });
  }
  return all(tokens, code === partly ? { is: 'again', reason: String(code) } : { is: 'gone', reason: String(code) });
}

/** Of each token that failed, why: `msg` is JSON in a string, `{"illegalTokens":{"tokenFormatError":["…"]},…}`. */
function reasonsOf(msg: unknown): Map<string, string> {
  const { illegalTokens } = objectOf({ text: String(msg) } as HttpAnswer);
  const found = new Map<string, string>();
  for (const [reason, tokens] of isObject(illegalTokens) ? Object.entries(illegalTokens) : []) {
    for (const token of stringsOf(tokens)) found.set(token, reason);
  }
  return found;
}
