import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { LongwireError, toLongwireError } from '../../../common/errors.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../channel/adapter.ts';
import { maxAnswerBytes } from './vendor-http.ts';

export interface Http2ClientOptions {
  /** One request, from the connection to the end of the answer. */
  tryMs: number;
  /** Certificates of authorities to trust besides, PEM. */
  ca?: string;
}

/** Targets with a connection at once; the client of an adapter has one or two. */
const maxTargets = 4;
/** A connection without a request is asked for a sign of life this often: what is dead is found before it is needed. */
const pingMs = 60_000;

/**
 * HTTP/2 with one connection a target, kept until the other side ends it. One that is about to end (GOAWAY) or doesn't
 * answer a ping is replaced by the next request; requests under way on it end as they may.
 */
export function http2Client({ tryMs, ca }: Http2ClientOptions): { request: HttpClient; close: () => Promise<void> } {
  const sessions = new Map<string, ClientHttp2Session>();
  let closed = false;

  function sessionTo(origin: string): ClientHttp2Session {
    const known = sessions.get(origin);
    if (known && !known.closed && !known.destroyed) return known;
    if (closed || sessions.size >= maxTargets) throw new LongwireError('unavailable', 'no connection may be made');
    const session = connect(origin, ca === undefined ? {} : { ca });
    sessions.set(origin, session);
    const forget = (): void => {
      if (sessions.get(origin) === session) sessions.delete(origin);
    };
    const alive = setInterval(() => ping(session, tryMs), pingMs).unref();
    session.on('goaway', forget);
    session.on('error', forget);
    session.on('close', () => {
      clearInterval(alive);
      forget();
    });
    return session;
  }

  return {
    async request(request) {
      const { origin } = new URL(request.url);
      const signal = AbortSignal.timeout(tryMs);
      let session: ClientHttp2Session | undefined;
      try {
        session = sessionTo(origin);
        return await answerOf(session, request, signal);
      } catch (error) {
        // A connection on which nothing comes back is not worth waiting for again.
        if (signal.aborted && session && sessions.get(origin) === session) {
          sessions.delete(origin);
          retire(session, tryMs);
        }
        throw toLongwireError(error, 'unavailable');
      }
    },
    close() {
      closed = true;
      for (const session of sessions.values()) session.destroy();
      sessions.clear();
      return Promise.resolve();
    },
  };
}

function answerOf(session: ClientHttp2Session, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, body } = request;
  const { pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const stream: ClientHttp2Stream = session.request(
      { ...headers, ':method': method, ':path': `${pathname}${search}` },
      { signal },
    );
    let head: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on('response', (given) => {
      head = given;
    });
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxAnswerBytes) chunks.push(chunk);
      else stream.destroy(new LongwireError('unavailable', 'the answer is too long'));
    });
    stream.on('error', reject);
    stream.on('close', () => {
      const status = Number(head[':status']);
      if (!stream.readableEnded || Number.isNaN(status)) {
        reject(new LongwireError('unavailable', 'the answer did not end'));
        return;
      }
      const first = Object.entries(head).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
      resolve({
        status,
        headers: Object.fromEntries(first) as Record<string, string | undefined>,
        text: Buffer.concat(chunks).toString('utf8'),
      });
    });
    stream.end(body);
  });
}

/** Lets requests under way end, within the deadline that they have anyway. */
function retire(session: ClientHttp2Session, withinMs: number): void {
  session.close();
  setTimeout(() => session.destroy(), withinMs).unref();
}

function ping(session: ClientHttp2Session, withinMs: number): void {
  if (session.closed || session.destroyed) return;
  const late = setTimeout(() => session.destroy(), withinMs).unref();
  try {
    session.ping((error) => {
      clearTimeout(late);
      if (error) session.destroy();
    });
  } catch {
    clearTimeout(late);
    session.destroy();
  }
}
