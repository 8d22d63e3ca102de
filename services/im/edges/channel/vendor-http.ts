import { Agent, request } from 'undici';
import { LongwireError, toLongwireError } from '../../../common/errors.ts';
import type { HttpClient } from '../../channel/adapter.ts';

/** An answer's body is read up to this. */
export const maxAnswerBytes = 65_536;

export interface VendorHttpOptions {
  /** One request, from the look-up of the name to the end of the answer. */
  tryMs: number;
  /** Connections to one target. */
  sockets: number;
}

/** HTTP/1.1 to vendors' services, over connections that are kept. */
export function vendorHttp({ tryMs, sockets }: VendorHttpOptions): { request: HttpClient; close: () => Promise<void> } {
  const agent = new Agent({
    connect: { timeout: tryMs },
    connections: sockets,
    maxOrigins: 64,
    allowH2: false,
    pipelining: 1,
    headersTimeout: tryMs,
    bodyTimeout: tryMs,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 120_000,
    maxHeaderSize: 16_384,
  });
  return {
    async request({ method, url, headers, body }) {
      try {
        const answer = await request(url, {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
          dispatcher: agent,
          signal: AbortSignal.timeout(tryMs),
        });
        const chunks: Buffer[] = [];
        let bytes = 0;
        for await (const chunk of answer.body as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) throw new LongwireError('unavailable', 'the answer is too long');
          chunks.push(chunk);
        }
        const first = Object.entries(answer.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value[0] : value,
        ]);
        return {
          status: answer.statusCode,
          headers: Object.fromEntries(first) as Record<string, string | undefined>,
          text: Buffer.concat(chunks).toString('utf8'),
        };
      } catch (error) {
        throw toLongwireError(error, 'unavailable');
      }
    },
    close: () => agent.destroy(),
  };
}
