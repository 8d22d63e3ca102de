import { Acks } from './acks.ts';
import { Calls } from './calls.ts';
import type { Clock } from './clock.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import type { StopReason } from './core/close-policy.ts';
import { type Identity, identityOf } from './core/device-state.ts';
import type { Phase } from './core/session-types.ts';
import { Delivery } from './delivery.ts';
import type { PageListener } from './edges/page-changes.ts';
import { DeviceError } from './errors.ts';
import { Events } from './events.ts';
import type { ClientFrame, EventAction, Push, RegisterFrame, VendorKind } from './frames.ts';
import type { OpenSocket } from './socket.ts';
import { StateStore } from './state-store.ts';
import type { DeviceStorage } from './storage.ts';
import type { Tuning } from './tuning.ts';
import { Waits } from './waits.ts';
import type { WebPushSubscription } from './web-push/subscribe.ts';

/** A clock that is less off than this is left as it is: a message's way takes time, too. */
const maxOffMs = 30_000;

/** `waiting`: between two tries to connect. `leaving`: logging out. */
export type DeviceStatus = 'starting' | 'connecting' | 'online' | 'waiting' | 'leaving' | 'stopped';

/** What a device is made of; `connect` puts it together. */
export interface DeviceParts {
  url: string;
  appId: string;
  storage: DeviceStorage;
  onPush: (push: Push) => void | Promise<void>;
  onState: (state: DeviceStatus, reason: StopReason | undefined) => void;
  onCid: (cid: string, before: string | undefined) => void;
  onError: (error: DeviceError) => void;
  /** Undefined if there is nothing to register with. */
  register: ((ts: number) => Promise<RegisterFrame>) | undefined;
  /** Registrations are signed by somebody else, who may answer better next time. */
  signMayRecover: boolean;
  tuning: Tuning;
  openSocket: OpenSocket;
  clock: Clock;
  random: () => number;
  onPageChange: (listener: PageListener) => () => void;
}

/** One installation of an app, and its connection to the server. */
export class Device {
  #parts: DeviceParts;
  #waits: Waits;
  #connection: Connection;
  #store: StateStore;
  #delivery: Delivery;
  #acks: Acks;
  #events: Events;
  #calls: Calls;
  #cid: string | undefined;
  /** What the server's clock is ahead of this device's, ms. */
  #clockOffMs = 0;
  #asleep = false;
  /** What the app was told last. */
  #told: DeviceStatus = 'starting';
  #stopped: Promise<void>;
  #unwatch: (() => void) | undefined;
  #onStopped: (() => void) | undefined;

  constructor(parts: DeviceParts) {
    const { random, register, signMayRecover, tuning } = parts;
    this.#parts = parts;
    this.#stopped = new Promise((resolve) => {
      this.#onStopped = resolve;
    });
    const waits = new Waits(parts);
    const store = new StateStore({ ...parts, waits });
    const rules = { ...tuning, random, canRegister: register !== undefined, signMayRecover };
    const connection = new Connection({ ...parts, rules, owner: this.#owner() });
    const shared = { ...parts, waits, store, send: (frame: ClientFrame) => connection.send(frame) };
    this.#waits = waits;
    this.#store = store;
    this.#connection = connection;
    this.#acks = new Acks(shared);
    this.#calls = new Calls(shared);
    this.#events = new Events({ ...shared, corrected: (at) => at + this.#clockOffMs });
    this.#delivery = new Delivery({
      ...shared,
      onFinished: (cid, push) => {
        if (cid === this.#cid) this.#acks.add(push);
      },
    });
    void this.#start();
  }

  /** Name of this installation. Undefined until it is known: at `online` it is. `onCid` tells it once it is stored: only then tell whoever pushes to it. */
  get cid(): string | undefined {
    return this.#cid;
  }

  get state(): DeviceStatus {
    return statusOf(this.#connection.phase);
  }

  /** Why it is stopped, if it is. */
  get stopReason(): StopReason | undefined {
    const { phase } = this.#connection;
    return phase.name === 'stopped' ? phase.reason : undefined;
  }

  /**
   * Says what the user did with a push: for the sender's statistics. Stored until the server has confirmed it, across
   * restarts, up to 1,000 and a week; the same twice counts once.
   *
   * @param at when, ms since the epoch by this device's clock, if not now
   * @throws DeviceError `bad_options` for an action that is none
   */
  event({ task, id }: Pick<Push, 'task' | 'id'>, action: EventAction, at = this.#parts.clock.wallNow()): void {
    this.#events.add({ task, id, action: checkedAction(action), at });
  }

  /** Resolves with true once the storage has all events and all that is handled up to now; with false if it never will. */
  saved(): Promise<boolean> {
    return this.#store.saved();
  }

  /** Gives this device another name to push to, in place of the one it had. @throws DeviceError */
  bindAlias(alias: string): Promise<void> {
    return this.#calls.call({ t: 'alias', op: 'bind', alias });
  }

  /** @throws DeviceError */
  unbindAlias(alias: string): Promise<void> {
    return this.#calls.call({ t: 'alias', op: 'unbind', alias });
  }

  /** Sets the full list of this device's tags. @throws DeviceError */
  setTags(tags: string[]): Promise<void> {
    return this.#calls.call({ t: 'tags', set: tags });
  }

  /**
   * Where to reach this device while it has no connection; null ends that. `subscribeWebPush` of `@longwire/sdk/web-push` makes a
   * subscription.
   *
   * @throws DeviceError
   */
  setWebPush(subscription: WebPushSubscription | null): Promise<void> {
    return this.#calls.call({
      t: 'channel',
      kind: 'webpush',
      subscription: (subscription ?? null) as Record<string, unknown> | null,
    });
  }

  /**
   * The same by the token that a vendor's push service gave the app, as to one in React Native; null ends that.
   *
   * @throws DeviceError `call_refused` for one that is no token: 1 to 4,096 characters without spaces
   */
  setChannelToken(kind: VendorKind, token: string | null): Promise<void> {
    return this.#calls.call({ t: 'channel', kind, subscription: token === null ? token : { token } });
  }

  /** Disconnects for good; messages wait at the server. Resolves when the message in hand is handled and all is stored that can be (so `onPush` itself must not await this). May be called twice. */
  async close(): Promise<void> {
    this.#connection.dispatch({ type: 'stop', reason: 'closed' });
    await this.#idle();
  }

  /** Like `close`, and tells the server, which takes the device for offline at once. The next `connect` is the same device. */
  async logout(): Promise<void> {
    void this.#acks.flush();
    this.#connection.dispatch({ type: 'logout' });
    await this.#stopped;
    await this.#idle();
  }

  async #idle(): Promise<void> {
    await this.#delivery.idle();
    await this.#store.saved();
  }

  async #start(): Promise<void> {
    const store = this.#store;
    await store.load();
    if (this.#waits.stopped) return;
    const identity = this.#know();
    // No device is registered that can't be kept: each start would leave one more behind.
    if (identity === undefined && this.#parts.register !== undefined) {
      store.change((state) => state);
      if (!(await store.saved()) || this.#waits.stopped) return;
    }
    const wake = () => void this.#wake();
    this.#unwatch = this.#parts.onPageChange({
      check: () => (this.#asleep ? wake() : this.#connection.dispatch({ type: 'networkChanged' })),
      suspend: () => {
        this.#asleep = true;
        this.#connection.dispatch({ type: 'suspend' });
      },
      wake,
    });
    this.#connection.dispatch({ type: 'start', identity });
  }

  /** Another page may have been this device meanwhile: what it has stored counts. */
  async #wake(): Promise<void> {
    if (!this.#asleep) return;
    this.#asleep = false;
    await this.#store.load();
    if (!this.#asleep) this.#connection.dispatch({ type: 'start', identity: this.#know() });
  }

  /** The identity that is stored; tells the app of one that it doesn't know. */
  #know(): Identity | undefined {
    const before = this.#cid;
    const identity = identityOf(this.#store.current);
    this.#cid = identity?.cid;
    if (this.#cid !== undefined && this.#cid !== before) this.#parts.onCid(this.#cid, before);
    return identity;
  }

  #owner(): ConnectionOwner {
    const { appId, clock, onError, onState, register } = this.#parts;
    return {
      register: () => register!(clock.wallNow() + this.#clockOffMs),
      loginFrame: ({ cid, token }) => {
        // With what is stored, never with what is only handled: the server forgets all that a login covers.
        const { seq, bseq } = this.#store.stored?.cid === cid ? this.#store.stored : { seq: 0 };
        return { t: 'login', appId, cid, token, seq, bseq };
      },
      registered: ({ identity }) => {
        this.#cid = identity.cid;
        this.#delivery.identity(identity);
      },
      welcome: (effect) => this.#delivery.cursor(effect),
      forget: (effect) => {
        this.#acks.forget(effect.field);
        this.#delivery.forget(effect);
      },
      push: (effect) => {
        if (this.#delivery.push(effect)) return;
        onError(new DeviceError('inbox_full', 'pushes come faster than onPush takes them'));
        // Before another frame is read: a later message must not be taken where this one was not.
        this.#connection.dispatch({ type: 'overflow' });
      },
      time: ({ serverTime }) => {
        const offMs = serverTime - clock.wallNow();
        this.#clockOffMs = Math.abs(offMs) < maxOffMs ? 0 : offMs;
      },
      answer: ({ frame }) => {
        if (!this.#events.answer(frame)) this.#calls.answer(frame);
      },
      changed: (phase) => {
        if (phase.name === 'online') {
          void this.#acks.flush();
          this.#events.begin();
        } else {
          this.#acks.clear();
          this.#calls.fail();
        }
        if (phase.name === 'stopped') {
          this.#waits.stop();
          this.#unwatch?.();
          this.#onStopped?.();
        }
        const state = statusOf(phase);
        if (state === this.#told) return;
        this.#told = state;
        onState(state, this.stopReason);
      },
    };
  }
}

/** @throws DeviceError `bad_options` */
export function checkedAction(action: string): EventAction {
  if (/^(shown|clicked|dismissed|custom:[0-9]{5})$/.test(action)) return action as EventAction;
  throw new DeviceError('bad_options', `${action}: an event is shown, clicked, dismissed or custom:NNNNN`);
}

function statusOf({ name }: Phase): DeviceStatus {
  return name === 'opening' || name === 'registering' || name === 'loggingIn' ? 'connecting' : name;
}
