import { backoffMs } from './core/backoff.ts';
import { BoundedQueue } from './core/bounded-queue.ts';
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

/** What is worked off in the order in which it came. Each names the cid it belongs to: positions of another one mean nothing. */
export type Work =
  | { kind: 'identity'; identity: Identity }
  | { kind: 'cursor'; cid: string; bseq: number }
  | { kind: 'forget'; cid: string; field: 'seq' | 'bseq' }
  | { kind: 'push'; cid: string; push: Push };

export interface DeliveryPorts {
  appId: string;
  store: StateStore;
  waits: Waits;
  tuning: Tuning;
  random: () => number;
  onPush: (push: Push) => void | Promise<void>;
  /** The message is handled, and stored as such: it may be acknowledged. */
  onFinished: (cid: string, push: Push) => void;
  /** The identity is stored: it is there after a restart. */
  onIdentity: (cid: string, before: string) => void;
  onError: (error: DeviceError) => void;
}

/** Room for identities and cursors above the bound of pushes, lest these keep a device from knowing who it is. */
const controlRoom = 64;

/**
 * Hands pushes to the app strictly one after another: skip what it had before, handle, store, and only then let it be
 * acknowledged. While the storage fails everything waits for it: going on would give the app messages again after a
 * restart.
 */
export class Delivery {
  #ports: DeliveryPorts;
  #queue: BoundedQueue<Work>;
  /** Keys of what is queued or in hand: after a reconnect the server sends it again. */
  #keys = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    this.#queue = new BoundedQueue(ports.tuning.maxInbox + controlRoom);
  }

  /** False if there is no room; the work is not taken then. */
  offer(work: Work): boolean {
    const key = keyOf(work);
    if (this.#keys.has(key)) return true;
    if (work.kind === 'push' && this.#queue.size >= this.#ports.tuning.maxInbox) return false;
    if (!this.#queue.add(work)) return false;
    this.#keys.add(key);
    this.#running ??= this.#run();
    return true;
  }

  /** Resolves when the message in hand, if any, is handled and stored. What waits behind it stays with the server. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // A turn later, so that offering never runs the app's code.
    await Promise.resolve();
    const { waits } = this.#ports;
    for (let work = this.#queue.take(); work !== undefined; work = this.#queue.take()) {
      // A cursor comes once, with the first welcome: it is stored also where the device is closed right after.
      if (waits.stopped && work.kind === 'push') break;
      await this.#do(work);
      this.#keys.delete(keyOf(work));
    }
    this.#running = undefined;
  }

  async #do(work: Work): Promise<void> {
    const { appId, onIdentity, store } = this.#ports;
    const own = (next: (state: DeviceState) => DeviceState) => (state: DeviceState) =>
      'cid' in work && state.cid === work.cid ? next(state) : state;
    switch (work.kind) {
      case 'identity': {
        const before = store.current.cid;
        if (await this.#store((state) => changedIdentity(appId, work.identity, state))) {
          onIdentity(work.identity.cid, before);
        }
        break;
      }
      case 'cursor':
        await this.#store(own((state) => withCursor(state, work.bseq)));
        break;
      case 'forget':
        await this.#store(own((state) => without(state, work.field)));
        break;
      case 'push':
        await this.#deliver(work.cid, work.push);
        break;
    }
  }

  async #deliver(cid: string, push: Push): Promise<void> {
    const { onFinished, store } = this.#ports;
    // Positions of another identity mean nothing.
    const headIn = (state: DeviceState) => (state.cid === cid ? push : { id: push.id });
    if (!isFinished(store.current, headIn(store.current)) && !(await this.#handle(push))) return;
    if (!(await this.#store((state) => finish(state, headIn(state))))) return;
    if (store.current.cid === cid) onFinished(cid, push);
  }

  /** True once the app had the message, or failed for good; false if a stop came between. */
  async #handle(push: Push): Promise<boolean> {
    const { onError, onPush, random, tuning, waits } = this.#ports;
    for (let attempt = 0; ; attempt++) {
      try {
        await waits.within(tuning.handlerTimeoutMs, 'onPush', () => onPush(push));
        return true;
      } catch (cause) {
        // Still running, so not called again: it may yet succeed.
        if (cause instanceof DeadlinePassed) {
          onError(new DeviceError('handler_timeout', `onPush took too long with message ${push.id}`, cause));
          return true;
        }
        if (attempt + 1 >= tuning.handlerTries) {
          onError(
            new DeviceError('handler_failed', `onPush failed ${attempt + 1} times with message ${push.id}`, cause),
          );
          return true;
        }
        await waits.pause(backoffMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, random));
        if (waits.stopped) return false;
      }
    }
  }

  /** False if a stop came before it succeeded. */
  #store(next: (state: DeviceState) => DeviceState): Promise<boolean> {
    this.#ports.store.change(next);
    return this.#ports.store.saved();
  }
}

/** Events of the device before are of no use to the new one. Those of before the first registration stay. */
function changedIdentity(appId: string, identity: Identity, before: DeviceState): DeviceState {
  const fresh = newDeviceState(appId, identity);
  return before.cid === '' ? withEvents(fresh, eventsOf(before)) : fresh;
}

function keyOf(work: Work): string {
  switch (work.kind) {
    case 'identity':
      return `identity ${work.identity.cid}`;
    case 'cursor':
      return `cursor ${work.cid}`;
    case 'forget':
      return `forget ${work.cid} ${work.field}`;
    case 'push':
      return `push ${work.cid} ${work.push.seq ?? ''} ${work.push.bseq ?? ''} ${work.push.id}`;
  }
}
