import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../process.ts';
import { loopback } from '../test-host.ts';

export interface Call {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What a server is told to do with a call instead of its own answer. */
export type Told = Reply | 'hang' | 'garbage' | 'flood' | 'cut';

/** One message that the service took for one token. */
export interface Taken {
  token: string;
  title: string;
  body: string;
  /** All that was sent about it. */
  request: Record<string, unknown>;
}

/**
 * A vendor's service on loopback: it checks what the vendor's document demands of each call (`faults`), knows tokens that are
 * dead, and answers as the document says or as it is told.
 */
export abstract class VendorServer {
  readonly calls: Call[] = [];
  readonly faults: string[] = [];
  readonly taken: Taken[] = [];
  readonly dead = new Set<string>();
  /** The vendor's clock. */
  now = Date.now;
  /** Access tokens that are good. */
  protected readonly issued = new Set<string>();
  #told = new Map<string, Told[]>();
  #server = createServer((request, response) => void this.#take(request, response));
  #host = loopback;
  #count = 0;

  async listen(host = loopback): Promise<this> {
    this.#host = host;
    this.#server.listen(0, host.address);
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://${this.#host.name}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What comes of the next calls of a path; then the document's answers again. */
  tell(path: string, ...told: Told[]): void {
    this.#told.set(path, told);
  }

  callsOf(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  of(token: string): Taken[] {
    return this.taken.filter((one) => one.token === token);
  }

  /** Resolves with what it took for a token, once that is at least `count`. */
  waitFor(token: string, count = 1, timeoutMs = 15_000): Promise<Taken[]> {
    return waitFor(
      `the vendor takes ${count} messages for ${token}`,
      () => this.of(token).length >= count && this.of(token),
      timeoutMs,
    );
  }

  /** From now on no access token that was given out is good. */
  expireTokens(): void {
    this.issued.clear();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** The document's answer to a call. */
  protected abstract answer(call: Call): Reply;

  protected issue(): string {
    const token = `token-${++this.#count}`;
    this.issued.add(token);
    return token;
  }

  protected json(body: object, status = 200): Reply {
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }

  protected fault(call: Call, what: string): void {
    this.faults.push(`${call.path}: ${what}`);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString('utf8');
    const call = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, text };
    this.calls.push(call);
    const told = this.#told.get(call.path)?.shift();
    if (told === 'hang') return;
    if (told === 'cut') return void response.destroy();
    if (told === 'garbage') return void response.writeHead(200).end('<html>{{{ "code": 0');
    if (told === 'flood') return void response.writeHead(200).end('x'.repeat(100_000));
    const reply = told ?? this.answer(call);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }
}

export function formOf(call: Call): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(call.text));
}

export function objectIn(text: string): Record<string, unknown> {
  const read: unknown = JSON.parse(text);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new Error('no object');
  return read as Record<string, unknown>;
}

/** Whether a text has no half of a surrogate pair. */
export function isWhole(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed();
}

/** Rules as a list of what is broken. */
export function broken(rules: Record<string, boolean>): string[] {
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [rule]));
}
