import type { HttpAnswer, Outcome } from '../../adapter.ts';
import { all, codeOf, isObject, quotaRestMs } from '../calls.ts';
import { busyOutcome, objectOf, reasonOf } from '../shared.ts';

/** Results of vivo's API that mean something else than that a request is wrong. */
export const vivoResults = {
  success: 0,
  badAuthToken: 10_000,
  tryAgain: 10_040,
  operationQuota: 10_070,
  /** Messages of operation are sent from morning to evening alone. */
  notNow: 10_071,
  tooFast: 10_072,
  systemQuota: 10_073,
  otherApp: 10_094,
  badTimestamp: 10_207,
  authLimit: 10_250,
  listQuota: 10_252,
  badRegId: 10_302,
} as const;

const quotas: ReadonlySet<number> = new Set([vivoResults.operationQuota, vivoResults.systemQuota]);

/** What `status` of a registration id says: 1 unknown, 2 uninstalled or unsubscribed; 3 away for long, 4 no device for tests. */
const goneStatuses = new Set([1, 2]);

export function vivoDenial(answer: HttpAnswer): string | undefined {
  const result = resultOf(answer);
  if (result === vivoResults.badAuthToken || result === vivoResults.otherApp) return String(result);
  return answer.status === 401 ? 'http_401' : undefined;
}

export function resultOf(answer: HttpAnswer): number {
  return codeOf(objectOf(answer)['result']);
}

/** What an answer to a message to one registration id means: `{result,desc,taskId,invalidUser?:{userid,status}}`. */
export function vivoOutcome(answer: HttpAnswer, now: number): Outcome {
  const { result: given, invalidUser } = objectOf(answer);
  const result = codeOf(given);
  if (result === vivoResults.badRegId || (result === vivoResults.success && isObject(invalidUser))) {
    return invalid(isObject(invalidUser) ? invalidUser['status'] : undefined);
  }
  return result === vivoResults.success ? { is: 'sent' } : vivoFailure(answer, result, now);
}

/** What an answer to a message to a list means: `{result,desc,invalidUsers?:[{userid,status}]}`. */
export function vivoListOutcomes(answer: HttpAnswer, tokens: readonly string[], now: number): Outcome[] {
  const { result: given, invalidUsers } = objectOf(answer);
  const result = codeOf(given);
  if (result !== vivoResults.success) return all(tokens, vivoFailure(answer, result, now));
  const statuses = new Map<unknown, unknown>();
  for (const user of Array.isArray(invalidUsers) ? invalidUsers : []) {
    if (isObject(user)) statuses.set(user['userid'], user['status']);
  }
  return tokens.map((token) => (statuses.has(token) ? invalid(statuses.get(token)) : { is: 'sent' }));
}

/** What an answer without success means, also of the authentication. */
export function vivoFailure(answer: HttpAnswer, result: number, now: number): Outcome {
  const reason = reasonOf(result);
  if (quotas.has(result)) return { is: 'again', of: 'app', afterMs: quotaRestMs, ...reason };
  if (result === vivoResults.notNow) return { is: 'again', afterMs: quotaRestMs, ...reason };
  if (result === vivoResults.tooFast || result === vivoResults.authLimit) return { is: 'again', of: 'app', ...reason };
  if (result === vivoResults.tryAgain) return { is: 'again', ...reason };
  const busy = busyOutcome(answer, now);
  if (busy) return busy;
  if (!Number.isNaN(result)) return { is: 'refused', ...reason };
  return answer.status >= 400
    ? { is: 'refused', reason: `http_${answer.status}` }
    : { is: 'again', reason: 'unreadable' };
}

function invalid(status: unknown): Outcome {
  if (status === undefined) return { is: 'gone', ...reasonOf(vivoResults.badRegId) };
  return { is: goneStatuses.has(codeOf(status)) ? 'gone' : 'refused', ...reasonOf(`status_${String(status)}`) };
}
