import { createHash, randomUUID } from 'node:crypto';
import type { CredentialsOf } from '../../../../common/protocol/channel-credentials.ts';
import type { HttpAnswer, HttpClient, Outcome, Vendor, VendorAdapter, VendorDeps } from '../../adapter.ts';
import { all, isToken, jsonType, thrownOutcome, toEach, withAccess } from '../calls.ts';
import { AccessToken, addressOf, NoAccess, objectOf, reasonOf } from '../shared.ts';
import { type VivoMessage, vivoMessage } from './message.ts';
import { resultOf, vivoDenial, vivoFailure, vivoListOutcomes, vivoOutcome, vivoResults } from './outcome.ts';

const host = 'https://api-push.vivo.com.cn';
/** A token is good for a day; vivo advises a new one every hour or two. */
const tokenLifeMs = 7_200_000;
/** Messages to single devices under way at once, where a list can't be sent to. */
const concurrency = 8;
/** After the quota of lists is used up, how long each device gets a message of its own, ms. */
const listRestMs = 3_600_000;

export const vivo: Vendor<'vivo'> = {
  kind: 'vivo',
  // 1,000 are taken, but each may become a request of its own.
  maxTokens: 100,
  open: (credentials, deps) => new Vivo(credentials, deps),
};

/**
 * One registration id gets a message by `send`; several get one that was saved (`saveListPayload`) by `pushToList`. Lists have
 * a quota of their own: where it is used up, and where one fails for its registration ids without saying which, each gets
 * its own message.
 */
class Vivo implements VendorAdapter {
  #credentials: CredentialsOf<'vivo'>;
  #deps: VendorDeps;
  #access: AccessToken;
  #noListsUntil = 0;

  constructor(credentials: CredentialsOf<'vivo'>, deps: VendorDeps) {
    this.#credentials = credentials;
    this.#deps = deps;
    this.#access = new AccessToken(() => authToken(deps.http, credentials, deps), deps.now);
  }

  send: VendorAdapter['send'] = (message, tokens) =>
    toEach(tokens, async (distinct) => {
      const made = vivoMessage(message, this.#credentials.appId);
      if (!made) return all(distinct, { is: 'nothing' });
      const byList = distinct.length > 1 && this.#deps.now() >= this.#noListsUntil;
      return (byList ? await this.#toList(made, distinct) : undefined) ?? (await this.#toSingles(made, distinct));
    });

  close = async (): Promise<void> => {};

  /** Undefined if the devices are to get messages of their own. */
  async #toList(made: VivoMessage, regIds: string[]): Promise<Outcome[] | undefined> {
    const { appId } = made;
    const saved = await this.#call('/message/saveListPayload', { ...made, requestId: randomUUID() });
    const { taskId } = objectOf(saved);
    if (this.#isListQuota(saved)) return undefined;
    const isSaved =
      resultOf(saved) === vivoResults.success && (typeof taskId === 'string' || typeof taskId === 'number');
    if (!isSaved) return all(regIds, vivoFailure(saved, resultOf(saved), this.#deps.now()));
    const answer = await this.#call('/message/pushToList', { appId, regIds, taskId, requestId: randomUUID() });
    if (this.#isListQuota(answer) || resultOf(answer) === vivoResults.badRegId) return undefined;
    return vivoListOutcomes(answer, regIds, this.#deps.now());
  }

  async #toSingles(made: VivoMessage, regIds: string[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let from = 0; from < regIds.length; from += concurrency) {
      const some = regIds.slice(from, from + concurrency);
      const answers = await Promise.allSettled(some.map((regId) => this.#toOne(made, regId)));
      for (const answer of answers) {
        outcomes.push(answer.status === 'fulfilled' ? answer.value : thrownOutcome(answer.reason));
      }
      // What holds for the app, and what is down, isn't asked again for each.
      const last = outcomes.at(-1)!;
      if (last.is === 'denied' || last.is === 'again') {
        return [...outcomes, ...all(regIds.slice(from + some.length), last)];
      }
    }
    return outcomes;
  }

  async #toOne(made: VivoMessage, regId: string): Promise<Outcome> {
    return vivoOutcome(
      await this.#call('/message/send', { ...made, regId, requestId: randomUUID() }),
      this.#deps.now(),
    );
  }

  #isListQuota(answer: HttpAnswer): boolean {
    const isQuota = resultOf(answer) === vivoResults.listQuota;
    if (isQuota) this.#noListsUntil = this.#deps.now() + listRestMs;
    return isQuota;
  }

  #call(path: string, body: object): Promise<HttpAnswer> {
    return withAccess(
      this.#access,
      this.#deps.http,
      (token) => ({
        method: 'POST',
        url: addressOf(`${host}${path}`, this.#deps),
        headers: { 'content-type': jsonType, authtoken: token },
        body: JSON.stringify(body),
      }),
      vivoDenial,
    );
  }
}

/** @throws NoAccess as the service says, LongwireError `unavailable` */
async function authToken(
  http: HttpClient,
  { appId, appKey, appSecret }: CredentialsOf<'vivo'>,
  deps: VendorDeps,
): Promise<{ token: string; lifeMs: number }> {
  const timestamp = deps.now();
  const sign = createHash('md5').update(`${appId}${appKey}${timestamp}${appSecret}`).digest('hex');
  const answer = await http({
    method: 'POST',
    url: addressOf(`${host}/message/auth`, deps),
    headers: { 'content-type': jsonType },
    body: JSON.stringify({ appId: Number(appId), appKey, timestamp, sign }),
  });
  const result = resultOf(answer);
  const { authToken: token } = objectOf(answer);
  if (result === vivoResults.success && isToken(token)) return { token, lifeMs: tokenLifeMs };
  const outcome = vivoFailure(answer, result, deps.now());
  // Our clock is off, or the request took long.
  if (result === vivoResults.badTimestamp) throw new NoAccess({ is: 'again', ...reasonOf(result) });
  throw new NoAccess(outcome.is === 'refused' ? { ...outcome, is: 'denied' } : outcome);
}
