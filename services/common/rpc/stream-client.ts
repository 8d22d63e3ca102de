import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCodes, LongwireError } from '../errors.ts';
import {
  type Frame,
  FrameReader,
  FrameWriter,
  frameKinds,
  instanceHeader,
  streamPath,
  streamProtocol,
} from './frames.ts';

interface UnderWay {
  name: string;
  /** Monotonic, ms. */
  sentMs: number;
  endMs: number;
  resolve: (answer: unknown) => void;
  reject: (error: LongwireError) => void;
}

/** A number of a call is used again after so many others. */
const maxId = 0xffff_ffff;

/** The caller's end of one stream. Any number of calls may be under way; each is answered, fails or times out on its own. */
export class CallStream {
  #socket: Socket;
  #writer: FrameWriter;
  #calls = new Map<number, UnderWay>();
  #nextId = 1;
  /** When it was opened, or something was answered last; monotonic, ms. */
  #answeredMs = performance.now();
  #leaving = false;

  /** Whoever answers it; undefined of a version that doesn't say. */
  readonly instance: string | undefined;

  constructor(socket: Socket, head: Buffer, instance: string | undefined) {
    this.instance = instance;
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    const reader = new FrameReader((frame) => this.#took(frame));
    const read = (data: Buffer): void => {
      try {
        reader.push(data);
      } catch (error) {
        this.#socket.destroy(error as Error);
      }
    };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.on('error', () => {});
    socket.on('data', read);
    socket.on('end', () => socket.destroy());
    socket.once('close', () => this.#closed());
    if (head.length > 0) read(head);
  }

  /** False once it takes no further calls. */
  get open(): boolean {
    return !this.#leaving && !this.#socket.destroyed;
  }

  get underWay(): number {
    return this.#calls.size;
  }

  get waitingBytes(): number {
    return this.#writer.waitingBytes;
  }

  /** @throws LongwireError what the other side answered, `timeout` or `unavailable`. */
  call(name: string, body: string, timeoutMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#nextId;
    this.#nextId = id === maxId ? 1 : id + 1;
    const sentMs = performance.now();
    this.#calls.set(id, { name, sentMs, endMs: sentMs + timeoutMs, resolve, reject });
    this.#writer.send(frameKinds.call, id, body, name);
    return promise;
  }

  /** Fails the calls whose time is over. Where nothing at all was answered since one of them was made, the stream is left. */
  expire(nowMs: number): void {
    for (const [id, { name, sentMs, endMs, reject }] of this.#calls) {
      if (endMs > nowMs) continue;
      this.#calls.delete(id);
      if (this.#answeredMs < sentMs) this.leave();
      reject(new LongwireError('timeout', `${name}: no answer in time`));
    }
    this.#endIfLeft();
  }

  /** Takes no further calls; the connection ends with the last one under way. */
  leave(): void {
    this.#leaving = true;
    this.#endIfLeft();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #endIfLeft(): void {
    if (this.#leaving && this.#calls.size === 0) this.#socket.destroy();
  }

  #took({ kind, id, body }: Frame): void {
    if (kind === frameKinds.leave) {
      this.leave();
      return;
    }
    const call = this.#calls.get(id);
    this.#answeredMs = performance.now();
    // One that came after its time.
    if (!call) return;
    this.#calls.delete(id);
    if (kind === frameKinds.answer) settle(call, body);
    else call.reject(faultOf(call.name, body));
    this.#endIfLeft();
  }

  #closed(): void {
    const { errored } = this.#socket;
    for (const { name, reject } of this.#calls.values()) {
      reject(new LongwireError('unavailable', `${name}: connection lost`, errored ? { cause: errored } : {}));
    }
    this.#calls.clear();
  }
}

function settle({ name, resolve, reject }: UnderWay, body: string): void {
  try {
    resolve(JSON.parse(body));
  } catch (error) {
    reject(new LongwireError('unavailable', `${name}: answered what is not JSON`, { cause: error }));
  }
}

function faultOf(name: string, body: string): LongwireError {
  try {
    const { code, message, field } = JSON.parse(body) as { code: ErrorCode; message: string; field?: string };
    if (errorCodes.includes(code)) return new LongwireError(code, message, field === undefined ? {} : { field });
  } catch {
    // Not one of ours.
  }
  return new LongwireError('unavailable', `${name}: answered a fault that cannot be read`);
}

/**
 * Opens a stream. Answers undefined where what answers knows no streams: an instance of the version before, or a balancer that passes
 * on none.
 *
 * @param url of an instance or a balancer, `http://host:port`.
 * @throws LongwireError `unavailable` or `timeout`
 */
export function openStream(url: string, secret: string, timeoutMs: number): Promise<CallStream | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<CallStream | undefined>();
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(new URL(streamPath, url), {
    agent: false,
    headers: { connection: 'Upgrade', upgrade: streamProtocol, authorization: `Bearer ${secret}` },
  });
  const late = setTimeout(() => {
    request.destroy(new LongwireError('timeout', 'no connection in time'));
  }, timeoutMs);
  request.on('upgrade', ({ headers }, socket, head) => {
    resolve(new CallStream(socket as Socket, head, [headers[instanceHeader]].flat()[0]));
  });
  request.on('response', (response) => {
    const status = response.statusCode ?? 0;
    response.destroy();
    // A balancer says so while there is no instance behind it, which says nothing about instances.
    if (status >= 500) reject(new LongwireError('unavailable', `a stream was answered with ${status}`));
    else resolve(undefined);
  });
  request.on('error', (error) => {
    reject(error instanceof LongwireError ? error : new LongwireError('unavailable', error.message, { cause: error }));
  });
  request.end();
  return promise.finally(() => clearTimeout(late));
}
