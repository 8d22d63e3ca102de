import {
  connect,
  type Device,
  type DeviceStatus,
  localStorageStorage,
  type Push,
  type Sign,
  type StopReason,
  type WebSocketConstructor,
} from '../../../../../sdk/src/index.ts';
import { VirtualNetwork } from './network.ts';
import type { Condition } from './pipe.ts';

export interface PhoneMessage {
  push: Push;
  opened: boolean;
  recalled: boolean;
}

export interface PhoneView {
  slot: number;
  status: DeviceStatus;
  reason: StopReason | undefined;
  cid: string | undefined;
  condition: Condition;
  /** Latest first. */
  messages: readonly PhoneMessage[];
  received: number;
  /** It tried a few times on a good network and was never online: this browser may not reach the address. */
  unreachable: boolean;
}

/** Messages that one phone shows at the most; older ones go. */
const maxMessages = 50;
const triesUntilTold = 2;

export interface PhoneOptions {
  app: string;
  slot: number;
  url: string;
  sign: Sign;
  onChange: () => void;
}

/** A phone of the page: the SDK as it is published, over a network that can be spoilt. */
export class VirtualPhone {
  readonly #options: PhoneOptions;
  readonly #network = new VirtualNetwork();
  #device: Device | undefined;
  #view: PhoneView;
  #failed = 0;
  #wasOnline = false;

  constructor(options: PhoneOptions) {
    this.#options = options;
    this.#view = {
      ...{ slot: options.slot, status: 'starting', reason: undefined, cid: undefined, condition: 'good' },
      ...{ messages: [], received: 0, unreachable: false },
    };
    this.start();
  }

  /** The very same object until something changes. */
  get view(): PhoneView {
    return this.#view;
  }

  /** Connects; after it was stopped, anew. */
  start(): void {
    const { app, slot, url, sign } = this.#options;
    this.#failed = 0;
    this.#device = connect({
      url,
      appId: app,
      sign,
      storage: localStorageStorage(`console.${app}.${slot}`),
      device: { platform: 'web', model: 'Longwire console', os: 'browser' },
      WebSocket: this.#network.webSocket(globalThis.WebSocket as WebSocketConstructor),
      tuning: { reconnectMinMs: 500, reconnectMaxMs: 4_000 },
      onPush: (push) => this.#received(push),
      onState: (status, reason) => this.#changed(status, reason),
      onError: () => {},
    });
  }

  change(condition: Condition): void {
    this.#network.change(condition);
    this.#show({ condition });
  }

  /** The user opens a message. */
  open(push: Push): void {
    this.#device?.event(push, 'clicked');
    const messages = this.#view.messages.map((one) => (one.push.id === push.id ? { ...one, opened: true } : one));
    this.#show({ messages });
  }

  close(): void {
    void this.#device?.close();
  }

  #received(push: Push): void {
    const { revoke, notification } = push;
    if (revoke) {
      const messages = this.#view.messages.map((one) =>
        one.push.task === revoke.task ? { ...one, recalled: true } : one,
      );
      this.#show({ messages });
      return;
    }
    // A later notification with the same id takes the place of an earlier one.
    const others = this.#view.messages.filter(
      (one) => notification?.notifyId === undefined || one.push.notification?.notifyId !== notification.notifyId,
    );
    const messages = [{ push, opened: false, recalled: false }, ...others].slice(0, maxMessages);
    this.#show({ messages, received: this.#view.received + 1 });
    if (notification) this.#device?.event(push, 'shown');
  }

  #changed(status: DeviceStatus, reason: StopReason | undefined): void {
    if (status === 'online') this.#wasOnline = true;
    if (status === 'waiting' && this.#view.condition === 'good') this.#failed += 1;
    const unreachable = !this.#wasOnline && this.#failed >= triesUntilTold;
    this.#show({ status, reason, cid: this.#device?.cid, unreachable });
  }

  #show(changes: Partial<PhoneView>): void {
    this.#view = { ...this.#view, ...changes };
    this.#options.onChange();
  }
}
