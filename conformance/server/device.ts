import { createHmac, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Compile } from 'typebox/compile';
import { WebSocket } from 'ws';
import {
  type ClientFrames,
  type ServerFrame,
  type ServerFrames,
  serverFrames,
  subprotocol,
} from '../../services/common/protocol/device-frames.ts';
import { Broken } from '../check.ts';
import { Waiting } from '../waiting.ts';
import type { Target } from './target.ts';

export type Credentials = { cid: string; token: string };
export type Push = ServerFrames['push'];

export const answerMs = 8_000;
export const pushMs = 12_000;
const maxFrames = 20_000;
const maxMessageBytes = 1_048_576;

const validators = new Map(Object.entries(serverFrames).map(([kind, schema]) => [kind, Compile(schema)]));

/** What a frame of the server has against its definition; undefined: nothing. */
export function faultOf(text: string): string | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return `no JSON: ${text.slice(0, 100)}`;
  }
  const { t } = (frame ?? {}) as { t?: unknown };
  const validator = typeof t === 'string' ? validators.get(t) : undefined;
  if (!validator) return `no frame of a server: ${text.slice(0, 100)}`;
  if (validator.Check(frame)) return undefined;
  const [error] = validator.Errors(frame);
  return `${String(t)}: ${error?.instancePath || 'frame'} ${error?.message ?? 'is wrong'}`;
}

export interface OpenOptions {
  protocols?: string[];
  /** Offers compression. */
  compression?: boolean;
  /** Answers no WebSocket ping, as a device that is gone. */
  dumb?: boolean;
  /** Address of this machine that it comes from. */
  from?: string;
}

/** An upgrade that was answered otherwise. */
export class Refused extends Broken {
  readonly status: number | undefined;
  /** Of the header, s. */
  readonly retryAfter: number;

  constructor(status: number | undefined, retryAfter: string | undefined) {
    super(`the upgrade was answered with HTTP ${status}`);
    this.status = status;
    this.retryAfter = Number(retryAfter);
  }
}

/** A device that speaks frames by hand. */
export class Device {
  /** All that came, in order. */
  readonly frames: ServerFrame[] = [];
  /** WebSocket pings that came. */
  pings = 0;
  #pongs: string[] = [];
  #taken = new Set<ServerFrame>();
  #socket: WebSocket;
  #waiting = new Waiting();
  #closed: { code: number; at: number } | undefined;
  #onFault: (fault: string) => void;

  private constructor(socket: WebSocket, onFault: (fault: string) => void) {
    this.#socket = socket;
    this.#onFault = onFault;
    socket.on('message', (data, binary) => this.#got(String(data), binary));
    socket.on('ping', () => {
      this.pings++;
      this.#waiting.changed();
    });
    socket.on('pong', (payload) => {
      this.#pongs.push(String(payload));
      this.#waiting.changed();
    });
    socket.on('close', (code) => {
      this.#closed = { code, at: performance.now() };
      this.#waiting.changed();
    });
    socket.on('error', () => {});
  }

  /** @throws Refused where the upgrade is; Broken if there is no connection */
  static open(url: string, options: OpenOptions, onFault: (fault: string) => void): Promise<Device> {
    const socket = new WebSocket(url, options.protocols ?? [subprotocol], {
      perMessageDeflate: options.compression ?? false,
      handshakeTimeout: answerMs,
      maxPayload: maxMessageBytes,
      autoPong: options.dumb !== true,
      ...(options.from === undefined ? {} : { localAddress: options.from }),
    });
    const device = new Device(socket, onFault);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(device));
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Refused(response.statusCode, response.headers['retry-after']));
      });
      socket.once('error', (error) => reject(new Broken(`no connection: ${error.message}`)));
    });
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** All of them in one piece, so that a server reads them at once. */
  sendAtOnce(texts: string[]): void {
    this.#atOnce(() => {
      for (const text of texts) this.#socket.send(text);
    });
  }

  pingAtOnce(count: number): void {
    this.#atOnce(() => {
      for (let sent = 0; sent < count; sent++) this.#socket.ping('');
    });
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** A text frame of any bytes. */
  sendAsText(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: false });
  }

  sendFragments(parts: string[]): void {
    for (const [index, part] of parts.entries()) this.#socket.send(part, { fin: index === parts.length - 1 });
  }

  ping(payload: string): void {
    this.#socket.ping(payload);
  }

  /** Reads nothing, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  pong(payload: string, limitMs = answerMs): Promise<true> {
    return this.until(`a WebSocket pong with ${JSON.stringify(payload)}`, () => this.#pongs.includes(payload), limitMs);
  }

  /** Takes the first frame of this kind that was not taken. */
  next<Kind extends ServerFrame['t']>(
    kind: Kind,
    limitMs = answerMs,
    fits: (frame: ServerFrames[Kind]) => boolean = () => true,
  ): Promise<ServerFrames[Kind]> {
    return this.until(
      `a ${kind} frame`,
      () => {
        const found = this.frames.find(
          (frame) => frame.t === kind && !this.#taken.has(frame) && fits(frame as ServerFrames[Kind]),
        );
        if (found) this.#taken.add(found);
        return found as ServerFrames[Kind] | undefined;
      },
      limitMs,
    );
  }

  /** The first answer to a call. */
  answer(rid: string | number, limitMs = answerMs): Promise<ServerFrames['ok' | 'error']> {
    return this.until(
      `an answer with the rid ${JSON.stringify(rid)}`,
      () =>
        this.frames.find(
          (frame): frame is ServerFrames['ok' | 'error'] =>
            (frame.t === 'ok' || frame.t === 'error') && String(frame.rid) === String(rid),
        ),
      limitMs,
    );
  }

  /** @throws Broken */
  closed(limitMs = answerMs): Promise<{ code: number; at: number }> {
    return this.until('the close of the connection', () => this.#closed, limitMs);
  }

  until<Found>(what: string, found: () => Found | undefined | false, limitMs = answerMs): Promise<Found> {
    return this.#waiting.until(what, found, limitMs, () => this.#tail());
  }

  /** Pushes with this text or a text that begins with it, as they came. */
  pushes(text = ''): Push[] {
    return this.frames.filter((frame): frame is Push => frame.t === 'push' && textOf(frame).startsWith(text));
  }

  /** Resolves with the pushes whose text begins so, once there are as many. */
  pushed(text: string, count: number, limitMs = pushMs): Promise<Push[]> {
    return this.until(
      `${count} pushes "${text}"`,
      () => {
        const found = this.pushes(text);
        return found.length >= count && found;
      },
      limitMs,
    );
  }

  /** Resolves when the connection has shown that it is open. @throws Broken */
  async alive(): Promise<void> {
    const payload = randomBytes(6).toString('hex');
    if (!this.isOpen) throw new Broken(`the connection is closed; ${this.#tail()}`);
    this.ping(payload);
    await this.until(
      'the connection stays',
      () => {
        if (this.#closed) throw new Broken(`the connection was closed ${this.#closed.code}; ${this.#tail()}`);
        return this.#pongs.includes(payload);
      },
      answerMs,
    );
  }

  async register(target: Target): Promise<Credentials> {
    this.send(registerFrame(target));
    const { cid, token } = await this.next('registered');
    return { cid, token };
  }

  async login(
    appId: string,
    credentials: Credentials,
    finished: { seq?: number; bseq?: number } = {},
  ): Promise<ServerFrames['welcome']> {
    this.send({ t: 'login', appId, ...credentials, seq: 0, ...finished });
    return this.next('welcome');
  }

  /** Cuts the connection, and waits until it is gone here. */
  async cut(): Promise<void> {
    this.#socket.terminate();
    await this.closed();
  }

  #atOnce(write: () => void): void {
    const stream = Reflect.get(this.#socket, '_socket') as Duplex | undefined;
    stream?.cork();
    write();
    stream?.uncork();
  }

  #got(text: string, binary: boolean): void {
    const fault = binary ? 'a binary frame' : faultOf(text);
    if (fault !== undefined) this.#onFault(fault);
    try {
      if (this.frames.length < maxFrames) this.frames.push(JSON.parse(text) as ServerFrame);
    } catch {
      return;
    }
    this.#waiting.changed();
  }

  #tail(): string {
    const last = this.frames.slice(-3).map((frame) => JSON.stringify(frame).slice(0, 160));
    const end = this.#closed ? `, closed ${this.#closed.code}` : '';
    return `last came ${last.length === 0 ? 'nothing' : last.join(' ')}${end}`;
  }
}

export function textOf(push: Push): string {
  if ('transmission' in push) return push.transmission;
  return 'notification' in push ? push.notification.title : `revoke ${push.revoke.task}`;
}

/** A correctly signed registration; `fields` take the place of its own, also of what is signed. */
export function registerFrame(
  target: Pick<Target, 'appId' | 'appSecret'>,
  fields: Partial<ClientFrames['register']> = {},
): ClientFrames['register'] {
  const signed = { appId: target.appId, ts: Date.now(), nonce: randomBytes(16).toString('hex'), ...fields };
  const text = `${signed.appId}\n${signed.ts}\n${signed.nonce}`;
  const sign = createHmac('sha256', target.appSecret).update(text).digest('hex');
  return { t: 'register', sign, device: { platform: 'other', sdk: 'longwire-conformance' }, ...signed };
}
