import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Target } from '../core/target.ts';

export interface Answer {
  /** HTTP status. */
  status: number;
  /** 0 for success, see docs/api.md. */
  code: number;
  msg: string;
  data?: unknown;
}

const answerLimitMs = 15_000;

/** The upstream API of one app. */
export class ApiClient {
  readonly #base: string;
  readonly #agent: Agent;
  #token: string;

  /** @param connections at the most; further requests wait for one. @param token of `authenticate`. */
  constructor({ api, appId }: Pick<Target, 'api' | 'appId'>, connections: number, token = '') {
    this.#base = `${api}/v2/${appId}`;
    this.#agent = new Agent({ connections });
    this.#token = token;
  }

  /** One try. @throws Error if no answer came that is one of this API. */
  async post(path: string, body: object): Promise<Answer> {
    const response = await request(this.#base + path, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json', token: this.#token },
      body: JSON.stringify(body),
      headersTimeout: answerLimitMs,
      bodyTimeout: answerLimitMs,
    });
    const answer = (await response.body.json()) as Partial<Answer> | null;
    if (typeof answer?.code !== 'number') throw new Error(`HTTP ${response.statusCode} without a code`);
    return { status: response.statusCode, code: answer.code, msg: String(answer.msg), data: answer.data };
  }

  /** @returns a token that is good for 24 h. @throws Error if it is refused */
  async authenticate({ appKey, masterSecret }: Pick<Target, 'appKey' | 'masterSecret'>): Promise<string> {
    const timestamp = String(Date.now());
    const sign = createHash('sha256')
      .update(appKey + timestamp + masterSecret)
      .digest('hex');
    const { code, msg, data } = await this.post('/auth', { sign, timestamp, appkey: appKey });
    if (code !== 0) throw new Error(`the API refused the credentials: ${code} ${msg}`);
    return (data as { token: string }).token;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
