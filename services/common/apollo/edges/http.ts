import { Agent, request } from 'undici';
import { LongwireError } from '../../errors.ts';
import { signatureHeaders } from '../signature.ts';

export interface Answer {
  status: number;
  /** The body as JSON; undefined unless the status is 200. */
  json: unknown;
  /** The server's clock, ms since the Unix epoch, where it told. */
  serverMs: number | undefined;
}

/** @throws LongwireError `unavailable`, `timeout`, or `too_large`. */
export type Get = (url: string, timeoutMs: number, signal?: AbortSignal) => Promise<Answer>;

export interface ApolloHttpOptions {
  appId: string;
  accessKey: string | undefined;
  now: () => number;
}

/** A namespace of some thousand keys has room; more is no configuration. */
const maxAnswerBytes = 1024 * 1024;
const connectMs = 2_000;

/** Asks Apollo's servers, signed if there is an access key. */
export function createApolloHttp({ appId, accessKey, now }: ApolloHttpOptions): {
  get: Get;
  close: () => Promise<void>;
} {
  // A poll is held for a minute: the deadline of each call is its own.
  const agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: 0, bodyTimeout: 0, connections: 4 });

  const get: Get = async (url, timeoutMs, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const { pathname, search } = new URL(url);
    const headers = accessKey === undefined ? {} : signatureHeaders(appId, accessKey, pathname + search, now());
    try {
      const {
        statusCode,
        headers: told,
        body,
      } = await request(url, {
        headers,
        dispatcher: agent,
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      });
      const text = await bounded(body);
      const serverMs = Date.parse(String(told['date'] ?? ''));
      return {
        status: statusCode,
        json: statusCode === 200 ? JSON.parse(text) : undefined,
        serverMs: Number.isNaN(serverMs) ? undefined : serverMs,
      };
    } catch (error) {
      if (error instanceof LongwireError) throw error;
      if (deadline.aborted) throw new LongwireError('timeout', `no answer within ${timeoutMs} ms`, { cause: error });
      throw new LongwireError('unavailable', error instanceof Error ? error.message : String(error), { cause: error });
    }
  };
  return { get, close: () => agent.destroy() };
}

async function bounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new LongwireError('too_large', `answered more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
