import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  type ConnectOptions,
  connect,
  type Device,
  type DeviceError,
  type DeviceStorage,
  memoryStorage,
  type Push,
} from '../../sdk/src/index.ts';
import {
  type ClientFrames,
  type ServerFrame,
  type ServerFrames,
  subprotocol,
} from '../../services/common/protocol/device-frames.ts';
import { waitFor } from './process.ts';

export interface StartedDevice {
  device: Device;
  storage: DeviceStorage;
  /** What the app got, in order; one that `onPush` threw on is not here. */
  pushes: Push[];
  errors: DeviceError[];
  cid(): string;
  online(timeoutMs?: number): Promise<void>;
  /** Resolves with all the app got, once these are at least `count`. */
  waitForPushes(count: number, timeoutMs?: number): Promise<Push[]>;
}

/** A device of the SDK that reconnects quickly. Start it again on the same storage and it is the same device. */
export function startDevice(
  options: Pick<ConnectOptions, 'url' | 'appId' | 'appSecret'> & Partial<ConnectOptions>,
): StartedDevice {
  const storage = options.storage ?? memoryStorage();
  const pushes: Push[] = [];
  const errors: DeviceError[] = [];
  const device = connect({
    onError: (error) => errors.push(error),
    ...options,
    storage,
    onPush: async (push) => {
      await options.onPush?.(push);
      pushes.push(push);
    },
    tuning: { reconnectMinMs: 50, reconnectMaxMs: 500, retryMinMs: 10, ...options.tuning },
  });
  return {
    device,
    storage,
    pushes,
    errors,
    cid() {
      if (device.cid === undefined) throw new Error('the device has no cid yet');
      return device.cid;
    },
    async online(timeoutMs = 15_000) {
      await waitFor('the device is online', () => device.state === 'online', timeoutMs);
    },
    waitForPushes: (count, timeoutMs = 15_000) =>
      waitFor(`the device's app gets ${count} pushes`, () => pushes.length >= count && pushes, timeoutMs),
  };
}

type Credentials = { cid: string; token: string };

/** A device that speaks frames by hand, for tests of the protocol itself. */
export class RawDevice {
  /** Everything that came and was not taken by `next`, in order. */
  readonly unread: ServerFrame[] = [];
  #socket: WebSocket;
  #closed: { code: number; reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.unread.push(JSON.parse(String(data)) as ServerFrame));
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: String(reason) };
    });
    socket.on('error', () => {});
  }

  /** @throws Error `Unexpected server response: NNN` where the upgrade is refused */
  static async open(url: string, protocols: string[] = [subprotocol]): Promise<RawDevice> {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, handshakeTimeout: 10_000 });
    const raw = new RawDevice(socket);
    await once(socket, 'open');
    return raw;
  }

  /** The subprotocol that the server chose; empty if none. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Any object, so that tests can send what is wrong. */
  send(frame: { t: string; [field: string]: unknown }): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** A text frame of any bytes, also of what is no text. */
  sendAsText(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: false });
  }

  /** A WebSocket ping; resolves with its pong. */
  async ping(): Promise<void> {
    this.#socket.ping();
    await once(this.#socket, 'pong');
  }

  /** Stops reading, as a device with a stalled network does, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Takes the first unread frame of this kind, those of other kinds stay. */
  next<Kind extends ServerFrame['t']>(kind: Kind, timeoutMs = 5_000): Promise<ServerFrames[Kind]> {
    return waitFor(
      `a ${kind} frame comes`,
      () => {
        const index = this.unread.findIndex((frame) => frame.t === kind);
        return index >= 0 && (this.unread.splice(index, 1)[0] as ServerFrames[Kind]);
      },
      timeoutMs,
      5,
    );
  }

  /** Resolves when the connection is closed; 1006 if it was cut. */
  closed(timeoutMs = 5_000): Promise<{ code: number; reason: string }> {
    return waitFor('the connection closes', () => this.#closed, timeoutMs, 5);
  }

  /** A correctly signed registration; `fields` replaces what a test wants otherwise. */
  static registerFrame(
    app: { appId: string; appSecret: string },
    fields: Partial<ClientFrames['register']> = {},
  ): ClientFrames['register'] {
    const ts = fields.ts ?? Date.now();
    const nonce = fields.nonce ?? randomBytes(16).toString('hex');
    const sign = createHmac('sha256', app.appSecret).update(`${app.appId}\n${ts}\n${nonce}`).digest('hex');
    return { t: 'register', appId: app.appId, ts, nonce, sign, device: { platform: 'other' }, ...fields };
  }

  async register(app: { appId: string; appSecret: string }): Promise<Credentials> {
    this.send({ ...RawDevice.registerFrame(app) });
    const { cid, token } = await this.next('registered');
    return { cid, token };
  }

  async login(
    appId: string,
    { cid, token }: Credentials,
    finished: { seq?: number; bseq?: number } = {},
  ): Promise<ServerFrames['welcome']> {
    this.send({ t: 'login', appId, cid, token, seq: 0, ...finished });
    return this.next('welcome');
  }

  /** Closes in good order, and waits for it. */
  async end(): Promise<void> {
    this.#socket.close(1000);
    await this.closed();
  }

  /** Cuts the connection without a word. */
  terminate(): void {
    this.#socket.terminate();
  }
}
