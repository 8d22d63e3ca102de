import { type ConnectOptions, connect, shielded, warn } from '../connect.ts';
import type { StopReason } from '../core/close-policy.ts';
import { checkedAction, type Device, type DeviceStatus } from '../device.ts';
import { onPageChange } from '../edges/page-changes.ts';
import { DeviceError } from '../errors.ts';
import type { EventAction, Push } from '../frames.ts';
import { defaultTuning } from '../tuning.ts';
import type { WebPushSubscription } from '../web-push/subscribe.ts';
import { openTabChannel, type TabChannel, type TabMessage } from './channel.ts';
import { type Candidacy, type Elect, electionOf } from './election.ts';
import { Outbox } from './outbox.ts';

export interface TabsOptions extends Omit<ConnectOptions, 'onPush'> {
  /**
   * Gets each message once in each tab. What is to be done once for all tabs, such as writing it to a storage, is for the tab with
   * `leads`: as with `connect`, a message counts as handled when that one's `onPush` resolves, and only then the others get it.
   */
  onPush: (push: Push, tab: { leads: boolean }) => void | Promise<void>;
  /** Tells several devices of one site apart; the `appId` by default. */
  name?: string;
}

/** Ids of messages that a tab remembers. */
const keptIds = 200;
/** How long a connection that has stopped for good still leads, in ms: the other tabs hear of the stop before one could take over. */
const lastWordMs = 1_000;

const calls = ['bindAlias', 'unbindAlias', 'setTags', 'setWebPush', 'logout'] as const;
type CallName = (typeof calls)[number];

type CallMessage = Extract<TabMessage, { k: 'call' }>;

interface Waiting {
  message: CallMessage;
  cancel: () => void;
  resolve: () => void;
  reject: (error: DeviceError) => void;
}

/** One tab of a device that all tabs of a site share: one of them leads, which holds the connection. */
export class TabDevice {
  #options: TabsOptions;
  #tab = String(Math.random()).slice(2);
  #elect: Elect;
  #channel: TabChannel;
  #outbox: Outbox;
  #candidacy: Candidacy | undefined;
  #device: Device | undefined;
  #stepDown: () => void = () => {};
  #unwatch: () => void;
  #unwatchOutbox: () => void;
  /** The latest leader that was asked what waits here. */
  #asked: string | undefined;
  #cid: string | undefined;
  #state: DeviceStatus = 'starting';
  #reason: StopReason | undefined;
  #seen = new Set<string>();
  #handling: Promise<void> = Promise.resolve();
  #inbox = 0;
  #waiting = new Map<string, Waiting>();
  #count = 0;
  #onState: (state: DeviceStatus, reason: StopReason | undefined) => void;
  #onCid: (cid: string, before: string | undefined) => void;
  #onError: (error: DeviceError) => void;

  /** @param elect another election than the browser's best */
  constructor(options: TabsOptions, elect?: Elect) {
    const name = options.name ?? options.appId;
    this.#options = options;
    this.#onState = shielded(options.onState);
    this.#onCid = shielded(options.onCid);
    this.#onError = shielded(options.onError ?? warn);
    this.#elect = elect ?? electionOf(name, this.#tab);
    this.#outbox = new Outbox(name, this.#tab);
    this.#channel = openTabChannel(name, (message) => this.#heard(message));
    this.#unwatch = onPageChange({
      check: () => {},
      suspend: () => this.#sleep(),
      wake: () => this.#stand(),
    });
    this.#unwatchOutbox = this.#outbox.watch(() => void this.#takeOutbox());
    this.#channel.post({ k: 'hello' });
    this.#stand();
  }

  /** Whether this tab holds the connection. */
  get leads(): boolean {
    return this.#device !== undefined;
  }

  /** As that of `Device`: `onCid` tells it once it is stored. */
  get cid(): string | undefined {
    return this.#cid ?? this.#device?.cid;
  }

  /** That of the connection, whichever tab holds it. */
  get state(): DeviceStatus {
    return this.#state;
  }

  get stopReason(): StopReason | undefined {
    return this.#reason;
  }

  /** @throws DeviceError `bad_options` for an action that is none */
  event({ task, id }: Pick<Push, 'task' | 'id'>, action: EventAction): void {
    const event = { task, id, action: checkedAction(action), at: Date.now() };
    if (this.#device !== undefined) this.#device.event(event, event.action, event.at);
    else if (!this.#outbox.put(event))
      this.#onError(new DeviceError('events_dropped', 'an event of this tab can not be kept'));
  }

  /** Resolves with true once all events of this tab up to now are stored; with false if they never will be. */
  saved(): Promise<boolean> {
    return this.#device?.saved() ?? Promise.resolve(true);
  }

  /** @throws DeviceError */
  bindAlias(alias: string): Promise<void> {
    return this.#call('bindAlias', [alias]);
  }

  /** @throws DeviceError */
  unbindAlias(alias: string): Promise<void> {
    return this.#call('unbindAlias', [alias]);
  }

  /** @throws DeviceError */
  setTags(tags: string[]): Promise<void> {
    return this.#call('setTags', [tags]);
  }

  /** @throws DeviceError */
  setWebPush(subscription: WebPushSubscription | null): Promise<void> {
    // As JSON: a browser's own subscription can't be told to another tab.
    return this.#call('setWebPush', [JSON.parse(JSON.stringify(subscription))]);
  }

  /** Ends the connection of all tabs, and tells the server. @throws DeviceError */
  logout(): Promise<void> {
    return this.#call('logout', []);
  }

  /** Ends this tab's part; if it leads, another tab takes over. */
  async close(): Promise<void> {
    await this.#device?.close();
    // One that has stopped by itself is ended already, and may still hold the lead for its last word.
    if (this.#state !== 'stopped') this.#end('closed');
  }

  #stand(): void {
    if (this.#state === 'stopped' || this.#candidacy !== undefined) return;
    this.#candidacy = this.#elect(
      () => this.#lead(),
      () => {
        this.#sleep();
        this.#stand();
      },
    );
  }

  /** Lets another tab lead. */
  #sleep(): void {
    this.#candidacy?.stop();
    this.#candidacy = undefined;
    void this.#device?.close();
    this.#stepDown();
  }

  /** Resolves when it leads no more. */
  #lead(): Promise<void> {
    if (this.#state === 'stopped' || this.#candidacy === undefined) return Promise.resolve();
    const device = connect({
      ...this.#options,
      onPush: (push) => this.#received(push),
      onCid: (cid, before) => {
        this.#onCid(cid, before ?? (this.#cid === cid ? undefined : this.#cid));
        this.#cid = cid;
        this.#tell();
      },
      onState: (state, reason) => {
        if (this.#device !== device && state !== 'stopped') return;
        // This tab's own end is none for the others.
        if (reason === 'closed') return;
        this.#changed(state, reason, undefined);
        this.#tell();
        if (state === 'stopped') this.#end(reason ?? 'closed');
        if (state === 'online') for (const { message } of this.#waiting.values()) void this.#answer(message, device);
      },
    });
    this.#device = device;
    void this.#takeOutbox();
    return new Promise((resolve) => {
      this.#stepDown = () => {
        this.#device = undefined;
        this.#stepDown = () => {};
        resolve();
      };
    });
  }

  /** A message of the connection that this tab holds. */
  async #received(push: Push): Promise<void> {
    // The leader before was not able to store it any more; this tab has had it from that one.
    if (this.#seen.has(push.id)) return;
    this.#remember(push.id);
    try {
      await this.#options.onPush(push, { leads: true });
    } catch (error) {
      this.#seen.delete(push.id);
      throw error;
    } finally {
      this.#channel.post({ k: 'push', push, handled: this.#seen.has(push.id) });
    }
  }

  #heard(message: TabMessage): void {
    if (this.#state === 'stopped') return;
    switch (message.k) {
      case 'hello':
        this.#tell();
        break;
      case 'status':
        if (this.#device === undefined) this.#follow(message);
        break;
      case 'push':
        // A tab that the browser is closing may handle one more when another leads already: then that one has it as the others do.
        if (this.#device === undefined || message.handled) this.#copied(message.push);
        break;
      case 'call':
        if (this.#device !== undefined) void this.#answer(message, this.#device);
        break;
      case 'answer':
        this.#settle(message.id, message.fault);
        break;
    }
  }

  #follow({ leader, state, reason, cid }: Extract<TabMessage, { k: 'status' }>): void {
    if (cid !== undefined && cid !== this.#cid) {
      const before = this.#cid;
      this.#cid = cid;
      this.#onCid(cid, before);
    }
    this.#changed(state, reason, cid);
    if (state === 'stopped') {
      this.#end(reason ?? 'closed');
    } else if (state === 'online' && leader !== this.#asked) {
      // What the leader before didn't answer may be asked again without harm.
      this.#asked = leader;
      for (const { message } of this.#waiting.values()) this.#channel.post(message);
    }
  }

  /** A message that another tab has had from the server. */
  #copied(push: Push): void {
    if (this.#seen.has(push.id)) return;
    const { maxInbox } = { ...defaultTuning, ...this.#options.tuning };
    if (this.#inbox >= maxInbox) {
      this.#onError(new DeviceError('inbox_full', 'pushes come faster than onPush takes them in this tab'));
      return;
    }
    this.#remember(push.id);
    this.#inbox++;
    this.#handling = this.#handling
      .then(() => this.#options.onPush(push, { leads: false }))
      .catch((cause) => this.#onError(new DeviceError('handler_failed', `onPush failed with ${push.id}`, cause)))
      .finally(() => {
        this.#inbox--;
      });
  }

  #remember(id: string): void {
    this.#seen.add(id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= keptIds) break;
      this.#seen.delete(oldest);
    }
  }

  #call(name: CallName, args: unknown[]): Promise<void> {
    const { callTimeoutMs, maxCalls } = { ...defaultTuning, ...this.#options.tuning };
    if (this.#state === 'stopped') return Promise.reject(new DeviceError('offline', 'the device is stopped'));
    if (this.#device !== undefined) return run(this.#device, name, args);
    if (this.#waiting.size >= maxCalls) {
      return Promise.reject(new DeviceError('call_refused', `${maxCalls} calls are under way already`));
    }
    const id = `${this.#tab}.${++this.#count}`;
    const message: CallMessage = { k: 'call', id, name, args };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id, { code: 'timeout', message: `${name}: no tab answered in time` }),
        // The leader has its own limit, and is the one to say what was wrong.
        callTimeoutMs + 1_000,
      );
      this.#waiting.set(id, { message, cancel: () => clearTimeout(timer), resolve, reject });
      this.#channel.post(message);
    });
  }

  async #answer({ id, name, args }: CallMessage, device: Device): Promise<void> {
    let fault: { code: DeviceError['code']; message: string } | undefined;
    try {
      if (!calls.some((known) => known === name)) return;
      await run(device, name as CallName, args);
    } catch (error) {
      const { code, message } = error instanceof DeviceError ? error : new DeviceError('call_refused', String(error));
      fault = { code, message };
    }
    this.#channel.post({ k: 'answer', id, ...(fault === undefined ? {} : { fault }) });
    this.#settle(id, fault);
  }

  #settle(id: string, fault: { code: DeviceError['code']; message: string } | undefined): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.cancel();
    if (fault === undefined) waiting?.resolve();
    else waiting?.reject(new DeviceError(fault.code, fault.message));
  }

  async #takeOutbox(): Promise<void> {
    const device = this.#device;
    if (device === undefined) return;
    await this.#outbox.empty((events) => {
      for (const { task, id, action, at } of events) device.event({ task, id }, checkedAction(action), at);
      return device.saved();
    });
  }

  #tell(): void {
    const device = this.#device;
    if (device === undefined) return;
    const { state, stopReason: reason } = device;
    // As `onCid` said it, which is once it is stored.
    const cid = this.#cid;
    this.#channel.post({
      ...{ k: 'status', leader: this.#tab, state },
      ...(reason === undefined ? {} : { reason }),
      ...(cid === undefined ? {} : { cid }),
    });
  }

  #changed(state: DeviceStatus, reason: StopReason | undefined, cid: string | undefined): void {
    this.#cid = cid ?? this.#cid;
    if (state === this.#state) return;
    this.#state = state;
    this.#reason = reason;
    this.#onState(state, reason);
  }

  #end(reason: StopReason): void {
    if (this.#device === undefined || reason === 'closed') {
      this.#candidacy?.stop();
      this.#stepDown();
    } else {
      setTimeout(this.#stepDown, lastWordMs);
      this.#device = undefined;
    }
    this.#candidacy = undefined;
    this.#unwatch();
    this.#unwatchOutbox();
    this.#changed('stopped', reason, undefined);
    const fault = { code: 'offline', message: 'the device is stopped' } as const;
    for (const [id, { message }] of [...this.#waiting]) {
      this.#settle(id, reason === 'logout' && message.name === 'logout' ? undefined : fault);
    }
    // Later: what was posted just now is still to go out.
    setTimeout(() => this.#channel.close(), 0);
  }
}

async function run(device: Device, name: CallName, args: unknown[]): Promise<void> {
  await (device[name] as (...args: unknown[]) => Promise<void>)(...args);
}
