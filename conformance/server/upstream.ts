import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Broken } from '../check.ts';
import type { Target } from './target.ts';

interface Answer {
  code: number;
  msg: string;
  data?: unknown;
}

const callMs = 10_000;
const tries = 3;
/** An app has a bound of broadcasts that have not expired. */
const broadcastTtlMs = 300_000;

/** The upstream API of the app that is tested with. */
export class Upstream {
  #target: Target;
  #token = '';

  private constructor(target: Target) {
    this.#target = target;
  }

  /** @throws Error if the API can't be reached or refuses the credentials */
  static async open(target: Target): Promise<Upstream> {
    const upstream = new Upstream(target);
    const timestamp = String(Date.now());
    const sign = createHash('sha256')
      .update(target.appKey + timestamp + target.masterSecret)
      .digest('hex');
    const data = await upstream.call('POST', '/auth', { sign, timestamp, appkey: target.appKey });
    upstream.#token = (data as { token: string }).token;
    return upstream;
  }

  /** @returns `data` of the answer. @throws Broken if it is refused, or not answered in three tries */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    let fault = '';
    for (let attempt = 0; attempt < tries; attempt++) {
      if (attempt > 0) await sleep(200 * attempt);
      try {
        const response = await fetch(`${this.#target.api}/v2/${this.#target.appId}${path}`, {
          method,
          headers: { 'content-type': 'application/json', token: this.#token },
          signal: AbortSignal.timeout(callMs),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer = (await response.json()) as Answer;
        if (answer.code === 0) return answer.data;
        fault = `HTTP ${response.status}, ${answer.code} ${answer.msg}`;
        if (response.status < 500) break;
      } catch (error) {
        fault = (error as Error).message;
      }
    }
    throw new Broken(`the API: ${method} ${path.split('?')[0]}: ${fault}`);
  }

  /** Pushes to one device. @returns the task's id */
  async push(cid: string, message: object | string, settings: object = {}): Promise<string> {
    const body = { ...bodyOf(message, settings), audience: { cid: [cid] } };
    return Object.keys((await this.call('POST', '/push/single/cid', body)) as object)[0]!;
  }

  async pushToAlias(alias: string, text: string): Promise<void> {
    await this.call('POST', '/push/single/alias', { ...bodyOf(text, {}), audience: { alias: [alias] } });
  }

  /** Texts to one device, in one request, in this order. */
  async pushMany(cid: string, texts: string[], settings: object = {}): Promise<void> {
    const messages = texts.map((text) => ({ ...bodyOf(text, settings), audience: { cid: [cid] } }));
    await this.call('POST', '/push/single/batch/cid', { is_async: false, msg_list: messages });
  }

  /** Pushes to every device of the app. @returns the task's id */
  async pushAll(text: string): Promise<string> {
    const data = await this.call('POST', '/push/all', { ...bodyOf(text, { ttl: broadcastTtlMs }), audience: 'all' });
    return (data as { taskid: string }).taskid;
  }

  async status(cid: string): Promise<string | undefined> {
    const data = (await this.call('GET', `/user/status/${cid}`)) as Record<string, { status: string }>;
    return data[cid]?.status;
  }

  /** Counts of a task's report. */
  async report(task: string): Promise<Record<string, number>> {
    const data = (await this.call('GET', `/report/push/task/${task}`)) as Record<string, { total: object }>;
    return { ...data[task]?.total };
  }

  /** Asks again until it holds. @throws Broken */
  async until(what: string, holds: () => Promise<boolean>, limitMs: number): Promise<void> {
    const end = performance.now() + limitMs;
    while (!(await holds())) {
      if (performance.now() > end) throw new Broken(`${what}: not within ${limitMs} ms`);
      await sleep(150);
    }
  }
}

function bodyOf(message: object | string, settings: object) {
  return {
    request_id: randomBytes(12).toString('hex'),
    settings,
    push_message: typeof message === 'string' ? { transmission: message } : message,
  };
}
