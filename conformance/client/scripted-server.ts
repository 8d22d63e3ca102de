import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Compile } from 'typebox/compile';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type ClientFrame,
  type ClientFrames,
  clientFrames,
  type ServerFrames,
  sdkPath,
  subprotocol,
} from '../../services/common/protocol/device-frames.ts';
import { Waiting } from '../waiting.ts';

export const frameMs = 8_000;
const maxFrameBytes = 16_384;
const maxFrames = 20_000;
const maxMessageBytes = 1_048_576;
const validators = new Map(Object.entries(clientFrames).map(([kind, schema]) => [kind, Compile(schema)]));

/** How a connection is let in. */
export interface Entry {
  cid: string;
  token: string;
  welcome: Partial<ServerFrames['welcome']>;
}

/** One connection of the SDK under test. */
export class Line {
  readonly openedAt = performance.now();
  /** What the client offered. */
  readonly protocols: string[];
  readonly frames: { frame: ClientFrame; at: number }[] = [];
  heardAt = this.openedAt;
  closedAt: number | undefined;
  /** Answers nothing any more, as a line that is dead. */
  dumb = false;
  /** Answers events that have a rid. */
  answersEvents = true;
  #taken = new Set<ClientFrame>();
  #pongs = 0;
  #socket: WebSocket;
  #waiting: Waiting;

  constructor(socket: WebSocket, protocols: string[], waiting: Waiting, onFault: (fault: string) => void) {
    this.#socket = socket;
    this.protocols = protocols;
    this.#waiting = waiting;
    socket.on('message', (data, binary) => {
      const fault = faultOf(data as Buffer, binary);
      if (fault !== undefined) onFault(fault);
      else this.#got(JSON.parse(String(data)) as ClientFrame);
    });
    socket.on('ping', (payload) => {
      this.heardAt = performance.now();
      if (!this.dumb) socket.pong(payload);
    });
    socket.on('pong', () => {
      this.#pongs++;
      this.heardAt = performance.now();
      waiting.changed();
    });
    socket.on('close', () => {
      this.closedAt = performance.now();
      waiting.changed();
    });
    socket.on('error', () => {});
  }

  /** The client hasn't begun to close it. */
  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  get pongs(): number {
    return this.#pongs;
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  ping(): void {
    this.#socket.ping();
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  cut(): void {
    this.#socket.terminate();
  }

  /** Takes the first frame of this kind that was not taken. */
  next<Kind extends keyof ClientFrames>(
    kind: Kind,
    limitMs = frameMs,
    fits: (frame: ClientFrames[Kind]) => boolean = () => true,
  ): Promise<ClientFrames[Kind]> {
    return this.until(
      `a ${kind} frame of the SDK`,
      () => {
        const found = this.frames.find(
          ({ frame }) => frame.t === kind && !this.#taken.has(frame) && fits(frame as ClientFrames[Kind]),
        );
        if (found) this.#taken.add(found.frame);
        return found?.frame as ClientFrames[Kind] | undefined;
      },
      limitMs,
    );
  }

  of<Kind extends keyof ClientFrames>(kind: Kind): ClientFrames[Kind][] {
    return this.frames.flatMap(({ frame }) => (frame.t === kind ? [frame as ClientFrames[Kind]] : []));
  }

  /** Resolves when an ack covers this. */
  acked(field: 'seq' | 'bseq', position: number, limitMs = frameMs): Promise<true> {
    return this.until(
      `an ack of ${field} ${position}`,
      () => this.of('ack').some((ack) => (ack[field] ?? -1) >= position),
      limitMs,
    );
  }

  until<Found>(what: string, found: () => Found | undefined | false, limitMs = frameMs): Promise<Found> {
    const last = (): string =>
      this.frames
        .slice(-3)
        .map(({ frame }) => JSON.stringify(frame).slice(0, 120))
        .join(' ') || 'nothing';
    return this.#waiting.until(what, found, limitMs, () => `last it sent ${last()}`);
  }

  /** Answers its register, if there is one, and its login. */
  async enter({
    cid,
    token,
    welcome,
  }: Entry): Promise<{ register?: ClientFrames['register']; login: ClientFrames['login'] }> {
    await this.until('the first frame of the SDK', () => this.frames.length > 0);
    const register = this.frames[0]!.frame.t === 'register' ? await this.next('register') : undefined;
    if (register) this.send({ t: 'registered', cid, token });
    const login = await this.next('login');
    this.send({
      t: 'welcome',
      session: 'scripted',
      heartbeat: 30,
      serverTime: Date.now(),
      window: 32,
      bseq: 0,
      ...welcome,
    });
    return { ...(register ? { register } : {}), login };
  }

  #got(frame: ClientFrame): void {
    this.heardAt = performance.now();
    if (this.frames.length < maxFrames) this.frames.push({ frame, at: this.heardAt });
    if (frame.t === 'ping' && !this.dumb) this.send({ t: 'pong' });
    if (frame.t === 'event' && frame.rid !== undefined && this.answersEvents && !this.dumb)
      this.send({ t: 'ok', rid: frame.rid });
    this.#waiting.changed();
  }
}

/** A server for one scenario: whoever plays it says what each connection gets. */
export class ScriptedServer {
  readonly lines: Line[] = [];
  /** When connections were asked for, refused ones too. */
  readonly attempts: number[] = [];
  /** Answers upgrades with HTTP 503. */
  refusing = false;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #waiting = new Waiting();
  #given = 0;

  private constructor(http: Server, sockets: WebSocketServer, onFault: (fault: string) => void) {
    this.#http = http;
    this.#sockets = sockets;
    http.on('upgrade', (request, stream, head) => {
      stream.on('error', () => {});
      this.attempts.push(performance.now());
      this.#waiting.changed();
      if (this.refusing || request.url !== sdkPath) {
        stream.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
      sockets.handleUpgrade(request, stream, head, (socket) => {
        this.lines.push(new Line(socket, offered, this.#waiting, onFault));
        this.#waiting.changed();
      });
    });
  }

  static async start(onFault: (fault: string) => void): Promise<ScriptedServer> {
    const http = createServer((_request, response) => response.writeHead(426).end());
    const sockets = new WebSocketServer({
      noServer: true,
      autoPong: false,
      maxPayload: maxMessageBytes,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new ScriptedServer(http, sockets, onFault);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}${sdkPath}`;
  }

  /** The next connection that was not given yet. */
  async next(limitMs = frameMs): Promise<Line> {
    const index = this.#given++;
    return this.until('a connection of the SDK', () => this.lines[index], limitMs);
  }

  until<Found>(what: string, found: () => Found | undefined | false, limitMs = frameMs): Promise<Found> {
    return this.#waiting.until(what, found, limitMs);
  }

  async stop(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }
}

function faultOf(data: Buffer, binary: boolean): string | undefined {
  if (binary) return 'a binary frame';
  if (data.length > maxFrameBytes) return `a frame of ${data.length} bytes`;
  const text = String(data);
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return `no JSON: ${text.slice(0, 100)}`;
  }
  const { t } = (frame ?? {}) as { t?: unknown };
  const validator = typeof t === 'string' ? validators.get(t) : undefined;
  if (!validator) return `no frame of a client: ${text.slice(0, 100)}`;
  if (validator.Check(frame)) return undefined;
  const [error] = validator.Errors(frame);
  return `${String(t)}: ${error?.instancePath || 'frame'} ${error?.message ?? 'is wrong'}`;
}
