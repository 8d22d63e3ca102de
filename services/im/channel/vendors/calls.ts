import type { HttpAnswer, HttpClient, HttpRequest, Outcome } from '../adapter.ts';
import { type AccessToken, busyOutcome, failedOutcome, NoAccess, objectOf, reasonOf } from './shared.ts';

export const formType = 'application/x-www-form-urlencoded; charset=utf-8';
export const jsonType = 'application/json; charset=utf-8';

/** How long to leave an app alone whose quota of the day is used up, ms. */
export const quotaRestMs = 600_000;

/**
 * Sends to each token once, whoever of the devices has it.
 *
 * @returns an outcome for each of `tokens`; never rejects, what `work` throws is the outcome of all.
 */
export async function toEach(
  tokens: readonly string[],
  work: (distinct: string[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const distinct = [...new Set(tokens)];
  let outcomes: Outcome[];
  try {
    outcomes = await work(distinct);
  } catch (error) {
    outcomes = all(distinct, thrownOutcome(error));
  }
  const byToken = new Map(distinct.map((token, index) => [token, outcomes[index]!]));
  return tokens.map((token) => byToken.get(token)!);
}

/** What comes of a call that threw. */
export function thrownOutcome(error: unknown): Outcome {
  return error instanceof NoAccess ? error.outcome : failedOutcome(error);
}

export function all(tokens: readonly string[], outcome: Outcome): Outcome[] {
  return tokens.map(() => outcome);
}

/**
 * A call with an access token, and another with a new one if the service doesn't take the first.
 *
 * @param denial the service's word for not taking the token; undefined for any other answer.
 * @throws NoAccess if the new one isn't taken either, or none is given.
 * @throws LongwireError `unavailable`
 */
export async function withAccess(
  access: AccessToken,
  http: HttpClient,
  requestOf: (token: string) => HttpRequest,
  denial: (answer: HttpAnswer) => string | undefined,
): Promise<HttpAnswer> {
  let reason: string | undefined;
  for (let tries = 0; tries < 2; tries++) {
    const token = await access.get();
    const answer = await http(requestOf(token));
    reason = denial(answer);
    if (reason === undefined) return answer;
    access.refused(token);
  }
  throw new NoAccess({ is: 'denied', ...reasonOf(reason) });
}

/**
 * An access token by OAuth's client credentials.
 *
 * @throws NoAccess as the service says, LongwireError `unavailable`
 */
export async function clientCredentials(
  http: HttpClient,
  { url, id, secret, now }: { url: string; id: string; secret: string; now: number },
): Promise<{ token: string; lifeMs: number }> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  const answer = await http({ method: 'POST', url, headers: { 'content-type': formType }, body: body.toString() });
  const busy = busyOutcome(answer, now);
  if (busy) throw new NoAccess(busy);
  const { access_token, expires_in, error } = objectOf(answer);
  if (answer.status === 200 && isToken(access_token)) {
    return { token: access_token, lifeMs: lifeOf(Number(expires_in) * 1_000) };
  }
  if (answer.status === 400 || answer.status === 401) {
    throw new NoAccess({ is: 'denied', ...reasonOf(error ?? `http_${answer.status}`) });
  }
  throw new NoAccess({ is: 'again', reason: 'no_access_token' });
}

/** What may go into a header, and is no more than that. */
export function isToken(given: unknown): given is string {
  return typeof given === 'string' && /^[!-~]{1,4096}$/.test(given);
}

/** Between a minute and a day; an hour if the service doesn't say. */
function lifeOf(ms: number): number {
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 60_000), 86_400_000) : 3_600_000;
}

/** An integer or digits as a number; NaN for anything else, and for nothing. */
export function codeOf(given: unknown): number {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && /^-?\d{1,12}$/.test(given) ? Number(given) : Number.NaN;
}

/** The values of a list that are strings; none if it is no list. */
export function stringsOf(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((one) => typeof one === 'string') : [];
}

export function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
