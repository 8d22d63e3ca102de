import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import type { RunFile } from '../../scripts/up/run-file.ts';
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

/** An upstream app as its developers would write it: whatever gets no clear answer is asked again, with the same request_id. */
export class Upstream {
  readonly #app: RunFile['app'];
  readonly #base: string;
  #agent = new Agent({ connections: 32 });
  #token = '';

  private constructor(run: RunFile) {
    this.#app = run.app;
    this.#base = `${run.api}/v2/${run.app.appId}`;
  }

  static async open(run: RunFile): Promise<Upstream> {
    const upstream = new Upstream(run);
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

  /** One try. @throws Error if no answer came. */
  async once(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, agent = this.#agent): Promise<Answer> {
    const response = await request(this.#base + path, {
      method,
      dispatcher: agent,
      headers: { 'content-type': 'application/json', token: this.#token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headersTimeout: 15_000,
      bodyTimeout: 15_000,
    });
    return { status: response.statusCode, ...((await response.body.json()) as Omit<Answer, 'status'>) };
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

  /** Until it is answered with something other than 5xx. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    return waitFor(
      `${method} ${path} is answered`,
      async () => {
        const answer = await this.once(method, path, body);
        return answer.status < 500 && answer;
      },
      60_000,
      50,
    );
  }

  /** Pushes a text to one device. @returns the task's id. @throws Error if it is refused. */
  async push(cid: string, transmission: string, options: PushOptions = {}): Promise<string> {
    const answer = await this.call('POST', '/push/single/cid', this.pushBody(cid, transmission, options));
    if (answer.code !== 0) throw new Error(`push refused: ${answer.code} ${answer.msg}`);
    return Object.keys(answer.data as object)[0]!;
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
