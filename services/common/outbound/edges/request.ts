import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface RequestOptions {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: Buffer;
  /** For the whole exchange. */
  deadlineMs: number;
  /** Of the answer's body: a longer one is a failure. */
  maxBytes: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/**
 * One exchange over HTTP on a connection of its own, for programs that make few of them and are to stay small.
 *
 * @throws Error of the connection, of the deadline, or for an answer that is too long.
 */
export async function request(url: string, options: RequestOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { method = 'GET', headers = {}, body, deadlineMs, maxBytes } = options;
  // TLS is some megabytes, which who never needs it is spared.
  const start = url.startsWith('https:') ? (await import('node:https')).request : httpRequest;
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const signal = AbortSignal.timeout(deadlineMs);
  const exchange = start(url, { method, headers: { ...headers, ...length }, agent: false, signal }, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) response.destroy(new Error(`the answer has more than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    response.on('error', failed);
  });
  exchange.on('error', failed);
  exchange.end(body);
  return promise;

  function failed(error: Error): void {
    reject(signal.aborted ? new Error(`no answer within ${deadlineMs} ms`) : error);
  }
}
