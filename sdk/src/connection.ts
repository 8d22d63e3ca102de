import type { Clock } from './clock.ts';
import type { Identity } from './core/device-state.ts';
import { parseFrame } from './core/parse.ts';
import { dueAt, newSession, step } from './core/session.ts';
import type { Effect, Phase, SessionEvent, SessionRules } from './core/session-types.ts';
import { DeviceError } from './errors.ts';
import type { ClientFrame, ErrorFrame, LoginFrame, OkFrame, PushFrame, RegisterFrame } from './frames.ts';
import type { OpenSocket, Socket } from './socket.ts';

/** What a connection asks of the device it belongs to, and tells it. */
export interface ConnectionOwner {
  register(): Promise<RegisterFrame>;
  /** The login of this identity, with the positions stored for it. */
  login(identity: Identity): LoginFrame;
  registered(identity: Identity): void;
  welcomed(cid: string, bseq: number): void;
  forgotten(cid: string, field: 'seq' | 'bseq'): void;
  /** False if it has no room. */
  pushed(cid: string, push: PushFrame): boolean;
  /** The server's time, ms since the epoch. */
  timed(serverTime: number): void;
  answered(frame: OkFrame | ErrorFrame): void;
  changed(phase: Phase): void;
  failed(error: DeviceError): void;
}

export interface ConnectionOptions {
  url: string;
  openSocket: OpenSocket;
  clock: Clock;
  rules: SessionRules;
  owner: ConnectionOwner;
}

/** Runs the session's rules: feeds them what happens, and does what they answer. */
export class Connection {
  #options: ConnectionOptions;
  #session = newSession;
  #socket: Socket | undefined;
  #events: SessionEvent[] = [];
  #running = false;
  #timer: { at: number; cancel: () => void } | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get phase(): Phase {
    return this.#session.phase;
  }

  /** Sends a frame of the device's own. False, and nothing sent, unless it is online. */
  send(frame: ClientFrame): boolean {
    if (this.#session.phase.name !== 'online' || !this.#write(frame)) return false;
    this.dispatch({ type: 'sent' });
    return true;
  }

  /** An event that comes up while another is worked on waits for its end. */
  dispatch(event: SessionEvent): void {
    this.#events.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#apply(next);
    } finally {
      this.#running = false;
    }
    this.#arm();
  }

  #apply(event: SessionEvent): void {
    const { clock, owner, rules } = this.#options;
    const before = this.#session.phase.name;
    const { session, effects } = step(this.#session, event, clock.now(), rules);
    this.#session = session;
    for (const effect of effects) this.#do(effect);
    if (session.phase.name !== before) owner.changed(session.phase);
  }

  #do(effect: Effect): void {
    const { owner } = this.#options;
    switch (effect.type) {
      case 'open':
        this.#open(effect.socket);
        break;
      case 'close':
        this.#socket?.leave();
        this.#socket = undefined;
        break;
      case 'sign':
        void this.#sign(effect.socket);
        break;
      case 'send':
        this.#write(effect.frame);
        break;
      case 'login':
        this.#write(owner.login(effect.identity));
        break;
      case 'registered':
        owner.registered(effect.identity);
        break;
      case 'welcome':
        owner.welcomed(effect.cid, effect.bseq);
        break;
      case 'time':
        owner.timed(effect.serverTime);
        break;
      case 'forget':
        owner.forgotten(effect.cid, effect.field);
        break;
      case 'push':
        // At once: a later message must not be taken where this one was not.
        if (!owner.pushed(effect.cid, effect.push)) this.#apply({ type: 'overflow' });
        break;
      case 'answer':
        owner.answered(effect.frame);
        break;
      case 'fault':
        owner.failed(new DeviceError('server_error', effect.message));
        break;
    }
  }

  #open(socket: number): void {
    const { openSocket, owner, url } = this.#options;
    try {
      this.#socket = openSocket(url, {
        opened: () => this.dispatch({ type: 'opened', socket }),
        text: (text) => this.#read(socket, text),
        closed: (code) => this.dispatch({ type: 'closed', socket, code }),
      });
    } catch (cause) {
      owner.failed(new DeviceError('bad_options', `${url} can't be connected to`, cause));
      this.dispatch({ type: 'closed', socket, code: 1006 });
    }
  }

  #read(socket: number, text: string): void {
    const parsed = parseFrame(text);
    if (parsed.kind === 'malformed') this.#options.owner.failed(new DeviceError('bad_frame', parsed.fault));
    if (parsed.kind === 'frame') this.dispatch({ type: 'frame', socket, frame: parsed.frame });
    else this.dispatch({ type: 'noise', socket });
  }

  async #sign(socket: number): Promise<void> {
    const { owner } = this.#options;
    try {
      this.dispatch({ type: 'signed', socket, register: await owner.register() });
    } catch (cause) {
      const known = cause instanceof DeviceError;
      const final = known && cause.code === 'no_webcrypto';
      owner.failed(known ? cause : new DeviceError('sign_failed', 'the registration could not be signed', cause));
      this.dispatch({ type: 'signFailed', socket, final });
    }
  }

  #write(frame: ClientFrame): boolean {
    return this.#socket?.send(JSON.stringify(frame)) ?? false;
  }

  /** A timer that is early enough stays: the tick comes to nothing and arms the next one. */
  #arm(): void {
    const { clock } = this.#options;
    const due = dueAt(this.#session);
    if (due !== undefined && this.#timer !== undefined && this.#timer.at <= due) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (due === undefined) return;
    const cancel = clock.after(Math.max(0, Math.ceil(due - clock.now())), () => {
      this.#timer = undefined;
      this.dispatch({ type: 'tick' });
    });
    this.#timer = { at: due, cancel };
  }
}
