import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { uniqueId } from '../unique-id.ts';
import {
  type Frame,
  FrameReader,
  FrameWriter,
  frameKinds,
  instanceHeader,
  streamPath,
  streamProtocol,
} from './frames.ts';
import { watchStalls } from './stall-watch.ts';

/** Answers one call by its body, JSON text, with JSON text. Never rejects: a fault is answered too. */
export type AnswerCall = (body: string, bytes: number) => Promise<{ ok: boolean; text: string }>;

interface StreamServerOptions {
  /** Whether an `authorization` header is one of a caller. */
  admits: (authorization: string | undefined) => boolean;
  /** Answers a call that is not there. */
  unknown: AnswerCall;
}

/** Calls under way on one stream at the most: while there are as many, no more is read from it. */
const maxUnderWay = 2_000;
/** Bytes that a caller has not taken yet, at the most: while there are more, no more of its calls are read. */
const maxWaitingBytes = 8 * 1024 * 1024;
/** How long calls under way are waited for when the server stops. */
const leaveMs = 5_000;

/**
 * The answering side of streams of calls: long-lived connections that begin as an HTTP upgrade on the port of the internal calls, are
 * authenticated then, and carry any number of calls side by side. A caller that doesn't read its answers is read from no more.
 */
export class StreamServer {
  #options: StreamServerOptions;
  #calls = new Map<string, AnswerCall>();
  #streams = new Set<AcceptedStream>();
  #closing = false;
  readonly #instance = uniqueId();

  constructor(app: FastifyInstance, options: StreamServerOptions) {
    this.#options = options;
    app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#accept(request, socket, head),
    );
    const endWatch = watchStalls(() => {
      for (const stream of this.#streams) stream.destroy();
    });
    app.addHook('preClose', async () => {
      this.#closing = true;
      endWatch();
      await Promise.all([...this.#streams].map((stream) => stream.leave()));
    });
  }

  add(name: string, answer: AnswerCall): void {
    this.#calls.set(name, answer);
  }

  #accept(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => {});
    if (this.#closing) {
      socket.destroy();
      return;
    }
    const known = request.url === streamPath && request.headers.upgrade === streamProtocol;
    if (!known || !this.#options.admits(request.headers.authorization)) {
      const status = known ? '401 Unauthorized' : '404 Not Found';
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    const headers = ['connection: Upgrade', `upgrade: ${streamProtocol}`, `${instanceHeader}: ${this.#instance}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
    const answererOf = (name: string): AnswerCall => this.#calls.get(name) ?? this.#options.unknown;
    const stream = new AcceptedStream(socket, answererOf);
    this.#streams.add(stream);
    socket.once('close', () => this.#streams.delete(stream));
    if (head.length > 0) stream.read(head);
  }
}

class AcceptedStream {
  #socket: Socket;
  #answererOf: (name: string) => AnswerCall;
  #writer: FrameWriter;
  #reader: FrameReader;
  #underWay = 0;
  #leaving = false;

  constructor(socket: Socket, answererOf: (name: string) => AnswerCall) {
    this.#socket = socket;
    this.#answererOf = answererOf;
    this.#writer = new FrameWriter(socket, () => this.#resumeIfRoom());
    this.#reader = new FrameReader((frame) => void this.#answer(frame));
    socket.on('data', (data: Buffer) => this.read(data));
    // Half a connection is of no use: answers could not be told from a caller that is gone.
    socket.on('end', () => socket.destroy());
  }

  read(data: Buffer): void {
    try {
      this.#reader.push(data);
    } catch {
      this.#socket.destroy();
    }
    if (this.#overfull()) this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Takes leave of the caller; resolves when what is under way is answered, and the connection ended. */
  async leave(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    if (this.#socket.destroyed) return;
    this.#leaving = true;
    this.#writer.send(frameKinds.leave, 0, '');
    this.#endIfLeft();
    const late = setTimeout(() => this.#socket.destroy(), leaveMs);
    await ended;
    clearTimeout(late);
  }

  #endIfLeft(): void {
    if (this.#leaving && this.#underWay === 0) this.#writer.end();
  }

  async #answer({ kind, id, name, body, bytes }: Frame): Promise<void> {
    if (kind !== frameKinds.call) {
      this.#socket.destroy();
      return;
    }
    if (this.#socket.destroyed) return;
    this.#underWay++;
    const { ok, text } = await this.#answererOf(name)(body, bytes);
    this.#underWay--;
    if (!this.#socket.destroyed) this.#writer.send(ok ? frameKinds.answer : frameKinds.fault, id, text);
    this.#endIfLeft();
    this.#resumeIfRoom();
  }

  #overfull(): boolean {
    return this.#underWay >= maxUnderWay || this.#writer.waitingBytes > maxWaitingBytes;
  }

  #resumeIfRoom(): void {
    if (this.#socket.isPaused() && !this.#overfull()) this.#socket.resume();
  }
}
