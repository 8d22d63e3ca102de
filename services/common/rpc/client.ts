import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { backoffMs } from '../backoff.ts';
import { type ErrorCode, errorCodes, LongwireError } from '../errors.ts';
import type { Calls, Client } from './contract.ts';
import { StreamPool } from './stream-pool.ts';

export interface ClientOptions {
  /** `http://host:port`, of one instance or of a balancer in front of several. */
  url: string;
  secret: string;
  /** Streams kept at the most, and connections where the other side knows no streams. */
  connections?: number;
  /** Age at which a connection is closed and made anew, so that new instances behind the balancer get their share. */
  connectionTtlMs?: number;
  /** How long one try may take before the call is repeated on another connection. */
  tryMs?: number;
}

/** A client with its pool; `close` ends it at once: calls under way fail as `unavailable`. */
export interface ClosableClient<C extends Calls> {
  calls: Client<C>;
  close: () => Promise<void>;
}

/**
 * The caller's side of a contract: over streams, or over HTTP with an instance that knows none. A try that fails for a reason
 * that may pass (no connection, 503, no answer in time) is repeated with jitter until the call's deadline.
 *
 * @throws LongwireError (of every call): what the other side answered, `timeout` or `unavailable`.
 */
export function createClient<C extends Calls>(calls: C, options: ClientOptions): ClosableClient<C> {
  const tryMs = options.tryMs ?? 2_000;
  const { url, secret, connections = 4, connectionTtlMs: ttlMs = 30_000 } = options;
  const connectMs = Math.min(tryMs, 1_000);
  const streams = new StreamPool({ url, secret, streams: connections, ttlMs, connectMs });
  const pool = new Pool(url, {
    connections,
    clientTtl: ttlMs,
    connect: { timeout: connectMs },
    keepAliveTimeout: 4_000,
    pipelining: 1,
  });
  let closed = false;
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };

  async function attempt(name: string, body: string, timeoutMs: number): Promise<unknown> {
    const called = await streams.call(name, body, timeoutMs);
    return called ? called.answer : post(name, body, timeoutMs);
  }

  async function post(name: string, body: string, timeoutMs: number): Promise<unknown> {
    const signal = AbortSignal.timeout(timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await pool.request({ method: 'POST', path: `/rpc/${name}`, headers, body, signal });
      status = response.statusCode;
      text = await response.body.text();
    } catch (error) {
      throw new LongwireError(signal.aborted ? 'timeout' : 'unavailable', `${name}: ${reason(error)}`, {
        cause: error,
      });
    }
    if (status !== 200) throw answeredError(name, status, text);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new LongwireError('unavailable', `${name}: answered what is not JSON`, { cause: error });
    }
  }

  async function repeat(name: string, request: unknown, deadlineMs: number): Promise<unknown> {
    const body = JSON.stringify(request);
    const end = Date.now() + deadlineMs;
    let before: unknown;
    for (let tries = 0; ; tries++) {
      const leftMs = Math.max(1, end - Date.now());
      try {
        return await attempt(name, body, Math.min(tryMs, leftMs));
      } catch (error) {
        // What the deadline cut short says less than the try before it.
        const cut = leftMs < tryMs && (error as LongwireError).code === 'timeout';
        const told = cut ? (before ?? error) : error;
        const waitMs = backoffMs(tries, 20, 400);
        if (closed || !(error as LongwireError).retryable || Date.now() + waitMs >= end) throw told;
        before = told;
        await sleep(waitMs);
      }
    }
  }

  const client = {} as Record<string, unknown>;
  for (const [name, spec] of Object.entries(calls)) {
    client[name] = (request: unknown, given?: { deadlineMs?: number }) =>
      repeat(name, request, given?.deadlineMs ?? spec.deadlineMs);
  }
  const close = (): Promise<void> => {
    closed = true;
    streams.close();
    return pool.destroy();
  };
  return { calls: client as Client<C>, close };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function answeredError(name: string, status: number, text: string): LongwireError {
  try {
    const { error } = JSON.parse(text) as { error: { code: ErrorCode; message: string; field?: string } };
    if (errorCodes.includes(error.code)) {
      return new LongwireError(error.code, error.message, error.field === undefined ? {} : { field: error.field });
    }
  } catch {
    // Not an answer of ours: something between us and the instance spoke.
  }
  return new LongwireError(status >= 500 ? 'unavailable' : 'internal', `${name}: answered ${status}`);
}
