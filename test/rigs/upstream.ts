import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import type { RunFile } from '../../scripts/up/run-file.ts';
import { AnswerChecker, ContractFault } from './answer-checker.ts';
import { waitFor } from './process.ts';

export interface Answer {
  status: number;
  code: number;
  msg: string;
  data?: unknown;
}

export interface PushOptions {
  ttl?: number;
  requestId?: string;
}

/**
 * An upstream app as its developers would write it: whatever gets no clear answer is asked again, with the same
 * request_id. Every answer is held to the API document that the system serves.
 */
export class Upstream {
  readonly #app: RunFile['app'];
  readonly #base: string;
  readonly #checker: AnswerChecker;
  readonly #agent: Agent;
  #token = '';

  private constructor(run: RunFile, checker: AnswerChecker, connections: number) {
    this.#checker = checker;
    this.#agent = new Agent({ connections });
    this.#app = run.app;
    this.#base = `${run.api}/v2/${run.app.appId}`;
  }

  /** @param connections how many requests go at once. */
  static async open(run: RunFile, connections = 32): Promise<Upstream> {
    const upstream = new Upstream(run, await AnswerChecker.of(run.api), connections);
    const timestamp = String(Date.now());
    const { appKey, masterSecret } = run.app;
    const sign = createHash('sha256')
      .update(appKey + timestamp + masterSecret)
      .digest('hex');
    const { data } = await upstream.call('POST', '/auth', { sign, timestamp, appkey: appKey });
    upstream.#token = (data as { token: string }).token;
    return upstream;
  }

  get appId(): string {
    return this.#app.appId;
  }

  /** One try. @throws Error if no answer came; ContractFault if it is not as documented. */
  async once(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, agent = this.#agent): Promise<Answer> {
    const response = await request(this.#base + path, {
      method,
      dispatcher: agent,
      headers: { 'content-type': 'application/json', token: this.#token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headersTimeout: 15_000,
      bodyTimeout: 15_000,
    });
    const status = response.statusCode;
    const answer = (await response.body.json()) as Omit<Answer, 'status'>;
    this.#checker.check({ method, path: new URL(this.#base + path).pathname, status, answer });
    return { status, ...answer };
  }

  /** Like `once`, from a connection of its own, so that whichever instance is behind the address may get it. */
  async onceFresh(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const agent = new Agent({ connections: 1 });
    try {
      return await this.once(method, path, body, agent);
    } finally {
      await agent.close();
    }
  }

  /** Until it is answered with something other than 5xx. @throws ContractFault at once */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const answer = await waitFor(
      `${method} ${path} is answered`,
      async () => {
        const one = await this.once(method, path, body).catch(faultAsValue);
        return (one instanceof ContractFault || one.status < 500) && one;
      },
      60_000,
      50,
    );
    if (answer instanceof ContractFault) throw answer;
    return answer;
  }

  /** Pushes a text to one device. @returns the task's id. @throws Error if it is refused. */
  async push(cid: string, transmission: string, options: PushOptions = {}): Promise<string> {
    const answer = await this.call('POST', '/push/single/cid', this.pushBody(cid, transmission, options));
    if (answer.code !== 0) throw new Error(`push refused: ${answer.code} ${answer.msg}`);
    return Object.keys(answer.data as object)[0]!;
  }

  /** Pushes a text to each of these devices, all in one request. @throws Error if it is refused. */
  async pushBatch(pushes: { cid: string; text: string }[]): Promise<void> {
    const messages = pushes.map(({ cid, text }) => this.pushBody(cid, text));
    const answer = await this.call('POST', '/push/single/batch/cid', { is_async: false, msg_list: messages });
    if (answer.code !== 0) throw new Error(`batch refused: ${answer.code} ${answer.msg}`);
  }

  /** Pushes a text to all devices of the app. @returns the task's id. @throws Error if it is refused. */
  async pushAll(transmission: string, settings: Record<string, number> = {}): Promise<string> {
    const body = { request_id: randomBytes(12).toString('hex'), audience: 'all', settings };
    const answer = await this.call('POST', '/push/all', { ...body, push_message: { transmission } });
    if (answer.code !== 0) throw new Error(`push/all refused: ${answer.code} ${answer.msg}`);
    return (answer.data as { taskid: string }).taskid;
  }

  pushBody(cid: string, transmission: string, { ttl, requestId }: PushOptions = {}) {
    return {
      request_id: requestId ?? randomBytes(12).toString('hex'),
      ...(ttl === undefined ? {} : { settings: { ttl } }),
      audience: { cid: [cid] },
      push_message: { transmission },
    };
  }

  /** The report of many tasks. */
  async report(tasks: string[]): Promise<Record<string, { total: Record<string, number>; actionCntMap: object }>> {
    const found = {};
    for (let from = 0; from < tasks.length; from += 200) {
      const answer = await this.call('GET', `/report/push/task/${tasks.slice(from, from + 200).join(',')}`);
      Object.assign(found, answer.data);
    }
    return found;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** So that nobody waits for an answer that came and is wrong. */
function faultAsValue(error: unknown): ContractFault {
  if (error instanceof ContractFault) return error;
  throw error;
}
