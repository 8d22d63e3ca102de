import { createHmac, randomBytes } from 'node:crypto';
import { backoffMs } from '../../sdk/src/core/backoff.ts';
import { type ClientFrame, closeCodes, type PushFrame, type ServerFrame } from '../../sdk/src/frames.ts';
import { Positions } from '../core/positions.ts';
import type { Target } from '../core/target.ts';
import { nowUs } from './clock.ts';
import { type DeviceSocket, openSocket } from './device-socket.ts';

/** What a device tells of itself. */
export interface DeviceOwner {
  readonly target: Pick<Target, 'ws' | 'appId' | 'appSecret'>;
  /** It logged in. @param us from the dial */
  connected(device: LoadDevice, us: number): void;
  /** It has its tag, or needs none. Once. */
  ready(device: LoadDevice): void;
  /** A connection that was logged in has ended, and not by `cut` or `stop`. */
  disconnected(): void;
  /** A dial came to nothing. */
  failed(reason: string): void;
  /** It won't connect any more. */
  stopped(device: LoadDevice): void;
  /** A message that its app hasn't had, or a copy of one that it has. */
  pushed(device: LoadDevice, push: PushFrame, isNew: boolean): void;
  /** It has something to acknowledge: `acknowledge` is to be called soon. */
  acknowledges(device: LoadDevice): void;
}

type State = 'idle' | 'dialing' | 'online' | 'waiting' | 'stopped';

const reconnectMinMs = 1_000;
const reconnectMaxMs = 60_000;
const loginLimitMs = 15_000;
/** Longest time that a server may ask a device to stay away. */
const maxAfterMs = 300_000;
const tagRetryMs = 1_000;

/** Codes after which an SDK stays away; a device of a load has no use for another identity. */
const finalCodes: number[] = [closeCodes.logout, closeCodes.refused, closeCodes.forbidden, closeCodes.replaced];

/** A device of a load: keeps what an SDK keeps, comes back as an SDK does, and costs as little as it can. */
export class LoadDevice {
  readonly index: number;
  #owner: DeviceOwner;
  #localAddress: string | undefined;
  #tag: string | undefined;
  #hasTag = false;
  #isReady = false;
  #state: State = 'idle';
  #cid: string | undefined;
  #token = '';
  #positions = new Positions();
  #socket: DeviceSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dialedUs = 0;
  #attempt = 0;
  /** Until when the server asked it to stay away. */
  #awayUntilUs: number | undefined;
  #heardUs = 0;
  #silenceUs = Number.POSITIVE_INFINITY;

  /** @param tag that it sets once. @param localAddress to connect from. */
  constructor(owner: DeviceOwner, index: number, tag: string | undefined, localAddress: string | undefined) {
    this.#owner = owner;
    this.index = index;
    this.#tag = tag;
    this.#localAddress = localAddress;
  }

  /** Undefined until it is registered. */
  get cid(): string | undefined {
    return this.#cid;
  }

  get isOnline(): boolean {
    return this.#state === 'online';
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Connects, registers at its first time, and logs in. */
  dial(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'dialing';
    this.#awayUntilUs = undefined;
    this.#dialedUs = nowUs();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end('no login in time'), loginLimitMs);
    const socket = openSocket(this.#owner.target.ws, this.#localAddress, {
      opened: () => {
        if (this.#socket !== socket) return;
        if (this.#cid === undefined) this.#register();
        else this.#logIn();
      },
      heard: () => {
        this.#heardUs = nowUs();
      },
      text: (text) => this.#socket === socket && this.#read(text),
      closed: ({ reason, code, retryAfterMs }) => {
        if (this.#socket !== socket) return;
        if (retryAfterMs !== undefined) this.#stayAway(retryAfterMs);
        this.#end(reason, code !== undefined && finalCodes.includes(code));
      },
    });
    this.#socket = socket;
  }

  /** Cuts the connection without a word, and dials again after `afterMs`. */
  cut(afterMs: number): void {
    if (this.#state !== 'online') return;
    this.#drop();
    this.#wait(afterMs);
  }

  /** Cuts a connection from which nothing has come for two heartbeats: its server is gone. */
  cutIfSilent(now: number): void {
    if (this.#state === 'online' && now - this.#heardUs > this.#silenceUs) this.#end('silent');
  }

  /** Sends where it stands. */
  acknowledge(): void {
    const { seq, bseq } = this.#positions;
    if (this.#state !== 'online') return;
    this.#send({ t: 'ack', ...(seq === 0 ? {} : { seq }), ...(bseq === undefined ? {} : { bseq }) });
  }

  /** Disconnects for good. */
  stop(): void {
    if (this.#state === 'stopped') return;
    this.#drop();
    this.#state = 'stopped';
  }

  #register(): void {
    const { appId, appSecret } = this.#owner.target;
    const ts = Date.now();
    const nonce = randomBytes(16).toString('hex');
    const sign = createHmac('sha256', appSecret).update(`${appId}\n${ts}\n${nonce}`).digest('hex');
    this.#send({ t: 'register', appId, ts, nonce, sign, device: { platform: 'other', sdk: 'longwire-load' } });
  }

  #logIn(): void {
    const { seq, bseq } = this.#positions;
    const cursor = bseq === undefined ? {} : { bseq };
    this.#send({ t: 'login', appId: this.#owner.target.appId, cid: this.#cid!, token: this.#token, seq, ...cursor });
  }

  #read(text: string): void {
    const frame = JSON.parse(text) as ServerFrame;
    switch (frame.t) {
      case 'push':
        this.#owner.pushed(this, frame, this.#positions.finish(frame));
        if (frame.seq !== undefined || frame.bseq !== undefined) this.#owner.acknowledges(this);
        break;
      case 'registered':
        this.#cid = frame.cid;
        this.#token = frame.token;
        this.#logIn();
        break;
      case 'welcome':
        clearTimeout(this.#timer);
        this.#state = 'online';
        this.#attempt = 0;
        this.#silenceUs = frame.heartbeat * 2_000_000;
        this.#positions.bseq ??= frame.bseq;
        this.#owner.connected(this, this.#heardUs - this.#dialedUs);
        this.#setTag();
        break;
      case 'ok':
        this.#hasTag = true;
        this.#becomeReady();
        break;
      case 'reconnect':
        this.#stayAway(frame.after);
        // The node goes away: its device leaves when it was asked to, not when the socket closes.
        if (this.#state === 'online') this.#later(frame.after, () => this.#end('asked to reconnect'));
        break;
      case 'error':
        if (frame.code === 'bad_position') this.#forget(frame.field);
        else if (frame.rid !== undefined) this.#later(tagRetryMs, () => this.#setTag());
        break;
      case 'kick':
      case 'pong':
        break;
    }
  }

  #setTag(): void {
    if (this.#tag === undefined || this.#hasTag) this.#becomeReady();
    else if (this.#state === 'online') this.#send({ t: 'tags', rid: 1, set: [this.#tag] });
  }

  #becomeReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#owner.ready(this);
  }

  /** The server doesn't know such a position: ids alone tell messages apart from then on. */
  #forget(field: 'seq' | 'bseq' | undefined): void {
    if (field === 'seq') this.#positions.seq = 0;
    if (field === 'bseq') this.#positions.bseq = undefined;
  }

  /** The connection is over; what comes next is as with an SDK. */
  #end(reason: string, final = false): void {
    const wasOnline = this.#state === 'online';
    this.#drop();
    if (wasOnline) this.#owner.disconnected();
    if (!wasOnline || final) this.#owner.failed(reason);
    if (final) {
      this.#state = 'stopped';
      this.#owner.stopped(this);
      return;
    }
    const asked = this.#awayUntilUs === undefined ? undefined : Math.max(0, (this.#awayUntilUs - nowUs()) / 1_000);
    this.#wait(asked ?? backoffMs(this.#attempt++, reconnectMinMs, reconnectMaxMs, Math.random));
  }

  #stayAway(ms: number): void {
    this.#awayUntilUs = nowUs() + Math.min(ms, maxAfterMs) * 1_000;
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #wait(ms: number): void {
    this.#state = 'waiting';
    this.#later(ms, () => this.dial());
  }

  #later(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}
