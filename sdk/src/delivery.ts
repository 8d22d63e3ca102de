import {
  type DeviceState,
  eventsOf,
  finish,
  type Identity,
  isFinished,
  newDeviceState,
  withCursor,
  withEvents,
  without,
} from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { Push } from './frames.ts';
import type { StateStore } from './state-store.ts';
import type { Tuning } from './tuning.ts';
import { DeadlinePassed, type Waits } from './waits.ts';

export interface DeliveryPorts {
  appId: string;
  store: StateStore;
  waits: Waits;
  tuning: Tuning;
  onPush: (push: Push) => void | Promise<void>;
  /** The message is handled, and stored as such: it may be acknowledged. */
  onFinished: (cid: string, push: Push) => void;
  /** The identity is stored: it is there after a restart. `before` is the cid that it had. */
  onCid: (cid: string, before: string | undefined) => void;
  onError: (error: DeviceError) => void;
}

/** Room for identities and cursors above the bound of pushes, lest these keep a device from knowing who it is. */
const controlRoom = 64;

type Change = (state: DeviceState) => DeviceState;

/**
 * Hands pushes to the app strictly one after another: skip what it had before, handle, store, and only then let it be
 * acknowledged. While the storage fails everything waits for it: going on would give the app messages again after a
 * restart. Each piece of work names the cid it belongs to: positions of another one mean nothing.
 */
export class Delivery {
  #ports: DeliveryPorts;
  /**
   * What is in hand and what waits behind it, in the order in which it came. By key: after a reconnect the server sends it again.
   * Work that answers false is not to be done any more, nor what is behind it.
   */
  #work = new Map<string, () => Promise<boolean>>();
  #running: Promise<void> | undefined;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** A new identity, which the server has just given. */
  identity(identity: Identity): void {
    const { appId, onCid, store } = this.#ports;
    this.#offer(`identity ${identity.cid}`, async () => {
      const before = store.current.cid || undefined;
      if (await this.#store((state) => changedIdentity(appId, identity, state))) onCid(identity.cid, before);
      return true;
    });
  }

  /** Where broadcasts begin. It comes once, with the first welcome: it is stored also where the device is closed right after. */
  cursor({ cid, bseq }: { cid: string; bseq: number }): void {
    this.#change(`cursor ${cid}`, cid, (state) => withCursor(state, bseq));
  }

  /** A position that the server doesn't know. */
  forget({ cid, field }: { cid: string; field: 'seq' | 'bseq' }): void {
    this.#change(`forget ${cid} ${field}`, cid, (state) => without(state, field));
  }

  /** False if there is no room; the message is not taken then. */
  push({ cid, push }: { cid: string; push: Push }): boolean {
    const { onFinished, store, waits } = this.#ports;
    /** Waits while the server has taken back what it said of positions: this one may be another message's by now. */
    const doubt = `forget ${cid} ${push.seq === undefined ? 'bseq' : 'seq'}`;
    // Positions of another identity mean nothing, nor do those in doubt.
    const head = () => (store.current.cid === cid && !this.#work.has(doubt) ? push : { id: push.id });
    const deliver = async (): Promise<boolean> => {
      if (waits.stopped) return false;
      if (!isFinished(store.current, head()) && !(await this.#handle(push))) return true;
      const stored = await this.#store((state) => finish(state, head()));
      if (stored && head() === push) onFinished(cid, push);
      return true;
    };
    return this.#offer(`push ${cid} ${push.seq} ${push.bseq} ${push.id}`, deliver, 0);
  }

  /** Resolves when the message in hand, if any, is handled and stored. What waits behind it stays with the server. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #change(key: string, cid: string, next: Change): void {
    this.#offer(key, async () => {
      await this.#store((state) => (state.cid === cid ? next(state) : state));
      return true;
    });
  }

  #offer(key: string, work: () => Promise<boolean>, room = controlRoom): boolean {
    if (this.#work.has(key)) return true;
    // One is in hand, and doesn't wait.
    if (this.#work.size > this.#ports.tuning.maxInbox + room) return false;
    this.#work.set(key, work);
    if (!this.#running) this.#running = this.#run();
    return true;
  }

  async #run(): Promise<void> {
    // A turn later, so that offering never runs the app's code.
    await Promise.resolve();
    for (const [key, work] of this.#work) {
      if (!(await work())) break;
      this.#work.delete(key);
    }
    this.#running = undefined;
  }

  /** True once the app had the message, or failed for good; false if a stop came between. */
  #handle(push: Push): Promise<boolean> {
    const { onError, onPush, tuning, waits } = this.#ports;
    return waits.retry(async (attempt) => {
      try {
        await waits.within(tuning.handlerTimeoutMs, 'onPush', () => onPush(push));
      } catch (cause) {
        // Still running, so not called again: it may yet succeed.
        const late = cause instanceof DeadlinePassed;
        if (!late && attempt + 1 < tuning.handlerTries) return false;
        const what = late ? 'took too long' : `failed ${attempt + 1} times`;
        const code = late ? 'handler_timeout' : 'handler_failed';
        onError(new DeviceError(code, `onPush ${what} with message ${push.id}`, cause));
      }
      return true;
    });
  }

  /** False if a stop came before it succeeded. */
  #store(next: Change): Promise<boolean> {
    this.#ports.store.change(next);
    return this.#ports.store.saved();
  }
}

/** Events of the device before are of no use to the new one. Those of before the first registration stay. */
function changedIdentity(appId: string, identity: Identity, before: DeviceState): DeviceState {
  const fresh = newDeviceState(appId, identity);
  return before.cid === '' ? withEvents(fresh, eventsOf(before)) : fresh;
}
