import type { Clock } from './clock.ts';
import type { Identity } from './core/device-state.ts';
import { parseFrame } from './core/parse.ts';
import { dueAt, newSession, step } from './core/session.ts';
import { type Effect, never, type Phase, type SessionEvent, type SessionRules } from './core/session-types.ts';
import { DeviceError } from './errors.ts';
import type { ClientFrame, LoginFrame, RegisterFrame } from './frames.ts';
import type { OpenSocket, Socket } from './socket.ts';

type Handlers<Type extends Effect['type']> = { [One in Type]: (effect: Extract<Effect, { type: One }>) => void };

type DeviceEffect = 'registered' | 'welcome' | 'time' | 'forget' | 'push' | 'answer';

/** What a connection asks of the device it belongs to, and tells it: the effects that are the device's. */
export interface ConnectionOwner extends Handlers<DeviceEffect> {
  register(): Promise<RegisterFrame>;
  /** The login of this identity, with the positions stored for it. */
  loginFrame(identity: Identity): LoginFrame;
  changed(phase: Phase): void;
}

export interface ConnectionPorts {
  url: string;
  openSocket: OpenSocket;
  clock: Clock;
  rules: SessionRules;
  owner: ConnectionOwner;
  onError: (error: DeviceError) => void;
}

/** Runs the session's rules: feeds them what happens, and does what they answer. */
export class Connection {
  #ports: ConnectionPorts;
  #session = newSession;
  #socket: Socket | undefined;
  /** The one that is worked on, and those that wait for its end. */
  #events: SessionEvent[] = [];
  #timer: { at: number; cancel: () => void } | undefined;
  #handlers: Handlers<Effect['type']>;

  constructor(ports: ConnectionPorts) {
    const { onError, owner } = ports;
    this.#ports = ports;
    this.#handlers = {
      ...owner,
      open: ({ socket }) => this.#open(socket),
      close: () => this.#socket?.leave(),
      sign: ({ socket }) => void this.#sign(socket),
      send: ({ frame }) => void this.#write(frame),
      login: ({ identity }) => void this.#write(owner.loginFrame(identity)),
      fault: ({ message }) => onError(new DeviceError('server_error', message)),
    };
  }

  get phase(): Phase {
    return this.#session.phase;
  }

  /** Sends a frame of the device's own. False, and nothing sent, unless it is online. */
  send(frame: ClientFrame): boolean {
    if (this.phase.name !== 'online' || !this.#write(frame)) return false;
    this.dispatch({ type: 'sent' });
    return true;
  }

  /** An event that comes up while another is worked on waits for its end. */
  dispatch(event: SessionEvent): void {
    if (this.#events.push(event) > 1) return;
    const { clock, owner, rules } = this.#ports;
    try {
      for (const next of this.#events) {
        const before = this.phase.name;
        const { session, effects } = step(this.#session, next, clock.now(), rules);
        this.#session = session;
        for (const effect of effects) (this.#handlers[effect.type] as (effect: Effect) => void)(effect);
        if (session.phase.name !== before) owner.changed(session.phase);
      }
    } finally {
      this.#events = [];
    }
    this.#arm();
  }

  #open(socket: number): void {
    const { openSocket, onError, url } = this.#ports;
    try {
      this.#socket = openSocket(url, {
        opened: () => this.dispatch({ type: 'opened', socket }),
        text: (text) => {
          const { fault, frame } = parseFrame(text);
          if (fault) onError(new DeviceError('bad_frame', fault));
          this.dispatch({ type: 'frame', socket, frame });
        },
        closed: (code) => this.dispatch({ type: 'closed', socket, code }),
      });
    } catch (cause) {
      onError(new DeviceError('bad_options', `${url}: can't connect`, cause));
      this.dispatch({ type: 'closed', socket, code: 1006 });
    }
  }

  async #sign(socket: number): Promise<void> {
    const { onError, owner } = this.#ports;
    try {
      this.dispatch({ type: 'signed', socket, register: await owner.register() });
    } catch (cause) {
      const fault = cause instanceof DeviceError ? cause : new DeviceError('sign_failed', 'sign: failed', cause);
      onError(fault);
      this.dispatch({ type: 'signFailed', socket, final: fault.code === 'no_webcrypto' });
    }
  }

  #write(frame: ClientFrame): boolean {
    return this.#socket?.send(JSON.stringify(frame)) ?? false;
  }

  /** A timer that is early enough stays: the tick comes to nothing and arms the next one. */
  #arm(): void {
    const { clock } = this.#ports;
    const at = dueAt(this.#session);
    if (at < never && this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === never) return;
    const cancel = clock.after(Math.max(0, Math.ceil(at - clock.now())), () => {
      this.#timer = undefined;
      this.dispatch({ type: 'tick' });
    });
    this.#timer = { at, cancel };
  }
}
