import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import type { App } from '../../common/protocol/app.ts';
import { ConsoleFault, notFound } from '../core/fault.ts';
import { badTokenCode, type UpstreamAnswer, upstreamFault } from '../core/upstream-answer.ts';

/** One exchange with the API. */
const exchangeMs = 8_000;
const maxAnswerBytes = 1_048_576;
/** Tokens that are kept, of as many apps; of more the oldest is got anew. */
const maxTokens = 1_000;
/** A token is not used any more this long before its end. */
const marginMs = 60_000;

export interface UpstreamDeps {
  /** `http://host:port` */
  url: string;
  /** Null: there is none. */
  findApp: (appId: string) => Promise<App | null>;
  now: () => number;
}

/** The upstream API, spoken to as an app itself would. */
export class UpstreamApi {
  readonly #deps: UpstreamDeps;
  readonly #base: string;
  readonly #agent = new Agent({ connections: 16, maxResponseSize: maxAnswerBytes, connect: { timeout: 2_000 } });
  readonly #tokens = new Map<string, { token: string; until: number }>();

  constructor(deps: UpstreamDeps) {
    this.#deps = deps;
    this.#base = deps.url.replace(/\/$/, '');
  }

  /** What the API answers to a call of an app. @throws ConsoleFault with what it refuses, or that im is away */
  async post(app: string, path: string, body: object): Promise<unknown> {
    let answer = await this.#send(app, path, body, await this.#token(app));
    if (answer.code === badTokenCode) {
      this.#tokens.delete(app);
      answer = await this.#send(app, path, body, await this.#token(app));
    }
    const fault = upstreamFault(answer);
    if (fault) throw fault;
    return answer.data;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #token(app: string): Promise<string> {
    const known = this.#tokens.get(app);
    if (known && known.until > this.#deps.now()) return known.token;
    const found = await this.#deps.findApp(app);
    if (!found) throw notFound('app');
    const timestamp = String(this.#deps.now());
    const sign = createHash('sha256')
      .update(found.appKey + timestamp + found.masterSecret)
      .digest('hex');
    const answer = await this.#send(app, '/auth', { sign, timestamp, appkey: found.appKey });
    const fault = upstreamFault(answer);
    // What is wrong with it is nothing that whoever asks could mend.
    if (fault?.code === 'bad_request')
      throw new ConsoleFault('unavailable', 'im_refuses_key', { role: 'im', params: { said: answer.msg } });
    if (fault) throw fault;
    const { token, expire_time } = answer.data as { token: string; expire_time: string };
    this.#tokens.delete(app);
    this.#tokens.set(app, { token, until: Number(expire_time) - marginMs });
    if (this.#tokens.size > maxTokens) this.#tokens.delete(this.#tokens.keys().next().value!);
    return token;
  }

  async #send(app: string, path: string, body: object, token?: string): Promise<UpstreamAnswer> {
    try {
      const response = await request(`${this.#base}/v2/${app}${path}`, {
        method: 'POST',
        dispatcher: this.#agent,
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { token }) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(exchangeMs),
      });
      const { code, msg, data } = (await response.body.json()) as Partial<UpstreamAnswer>;
      if (typeof code !== 'number') throw new Error(`answers ${response.statusCode} without a code`);
      return { status: response.statusCode, code, msg: String(msg ?? ''), data };
    } catch (error) {
      throw new ConsoleFault('unavailable', 'role_away', { role: 'im', params: { role: 'im' }, cause: error });
    }
  }
}
