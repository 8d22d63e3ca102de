import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { restCodes } from '../../../services/common/protocol/rest/codes.ts';
import { type Envelope, successText } from '../../../services/common/protocol/rest/envelope.ts';
import type { App } from '../../../services/common/protocol/user-mysql-calls.ts';
import { CliError } from '../faults.ts';
import { need, type Target } from '../target/target.ts';
import { boundedText } from './bounded.ts';

export type Method = 'GET' | 'POST' | 'DELETE';
type Credentials = Pick<App, 'appId' | 'appKey' | 'masterSecret'>;

/** One try of a call; one that got no clear answer is made again, which is safe as pushes have a `request_id`. */
const callMs = 10_000;
const maxTries = 3;
const againMs = 300;
/** Of an answer; the largest of the API has some hundred kilobytes. */
const maxAnswerBytes = 4_194_304;

/** The upstream API, as an app. */
export interface Upstream {
  appId: string;
  /** The `data` of the answer. @throws CliError where it is refused, or nobody answers. */
  call<Data>(method: Method, path: string, body?: unknown): Promise<Data>;
}

/** Authenticates as the target's app; the credentials of another app come from user-mysql. @throws CliError */
export async function openUpstream(target: Target): Promise<Upstream> {
  const api = need(target, 'api');
  const { appId, appKey, masterSecret } = await credentialsOf(target);
  const base = `${api}/v2/${appId}`;
  const timestamp = String(Date.now());
  const sign = createHash('sha256')
    .update(appKey + timestamp + masterSecret)
    .digest('hex');
  const { token } = await called<{ token: string }>(base, 'POST', '/auth', { sign, timestamp, appkey: appKey });
  return { appId, call: (method, path, body) => called(base, method, path, body, token) };
}

async function credentialsOf(target: Target): Promise<Credentials> {
  const appId = need(target, 'appId');
  const { appKey, masterSecret } = target;
  if (appKey !== undefined && masterSecret !== undefined) return { appId, appKey, masterSecret };
  if (target.userMysql === undefined || target.internalSecret === undefined) {
    return { appId, appKey: need(target, 'appKey'), masterSecret: need(target, 'masterSecret') };
  }
  const { appOf } = await import('./app-of.ts');
  return appOf(target.userMysql, target.internalSecret, appId);
}

async function called<Data>(base: string, method: Method, path: string, body?: unknown, token?: string): Promise<Data> {
  for (let tries = 1; ; tries++) {
    const answer = await once(base, method, path, body, token);
    if ('data' in answer) return answer.data as Data;
    if (!answer.again || tries === maxTries) throw answer.fault;
    await sleep(againMs * tries);
  }
}

async function once(
  base: string,
  method: Method,
  path: string,
  body: unknown,
  token: string | undefined,
): Promise<{ data: unknown } | { again: boolean; fault: CliError }> {
  const where = new URL(base).origin;
  let response: Response;
  let envelope: Partial<Envelope>;
  try {
    response = await fetch(base + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token ? { token } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callMs),
    });
    envelope = JSON.parse(await boundedText(response, maxAnswerBytes)) as Partial<Envelope>;
  } catch (error) {
    return { again: true, fault: new CliError('notReached', `${where}: ${whyOf(error)}; is the system up?`) };
  }
  if (envelope.code === restCodes.ok.code && envelope.msg === successText) return { data: envelope.data ?? null };
  const said = `${envelope.code ?? `HTTP ${response.status}`}${envelope.msg === undefined ? '' : ` ${envelope.msg}`}`;
  const away = response.status >= 500;
  return {
    again: away,
    fault: new CliError(away ? 'notReached' : 'failed', `the API refuses ${method} ${path}: ${said}`),
  };
}

/** The cause that a fetch hides, in a few words. */
export function whyOf(error: unknown): string {
  const { name, cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  if (name === 'SyntaxError') return 'answers what is not JSON';
  return cause?.code ?? cause?.message ?? message;
}
