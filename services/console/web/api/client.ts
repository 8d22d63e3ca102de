import { CallError, errorOf } from './errors.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
export type Query = Record<string, string | number | undefined>;

/** A call that takes longer counts as not answered. */
const deadlineMs = 20_000;
const base = '/console/api/';

/** What the client needs of whoever keeps the session. */
export interface SessionKeeper {
  csrf(): string | undefined;
  /** The session has ended. Resolves once there is one again; rejects if the person leaves instead. */
  renew(): Promise<void>;
  /** The token is another one by now, as it is after a sign-in in another tab: has it read anew. */
  refresh(): Promise<void>;
}

export interface Client {
  /**
   * One call of the backend. If the session has ended meanwhile it waits for the sign-in and is made again.
   *
   * @throws CallError
   */
  call<Answer>(method: Method, path: string, options?: { body?: unknown; query?: Query }): Promise<Answer>;
  /** The same, but a missing session is an error like others. */
  callOnce<Answer>(method: Method, path: string, options?: { body?: unknown; query?: Query }): Promise<Answer>;
}

export function createClient(keeper: SessionKeeper, send: typeof fetch = (...of) => fetch(...of)): Client {
  async function callOnce<Answer>(
    method: Method,
    path: string,
    { body, query }: { body?: unknown; query?: Query } = {},
  ): Promise<Answer> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const csrf = keeper.csrf();
    if (method !== 'GET' && csrf !== undefined) headers['x-csrf-token'] = csrf;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await send(urlOf(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(deadlineMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new CallError('no_answer');
    });
    const answer = await jsonOf(response);
    if (!response.ok) throw errorOf(response.status, answer, response.headers.get('retry-after'));
    return answer as Answer;
  }

  return {
    callOnce,
    async call(method, path, options) {
      try {
        return await callOnce(method, path, options);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        if (error.code === 'not_signed_in') await keeper.renew();
        else if (error.code === 'bad_csrf') await keeper.refresh();
        else throw error;
        return callOnce(method, path, options);
      }
    },
  };
}

/** The address of a call; what isn't given in the query is left out. */
export function urlOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `${base}${path}${text === '' ? '' : `?${text}`}`;
}

/** A path of segments, each escaped. */
export function pathOf(...segments: string[]): string {
  return segments.map(encodeURIComponent).join('/');
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
