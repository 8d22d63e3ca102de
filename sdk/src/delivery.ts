import { backoffMs } from './core/backoff.ts';
import { BoundedQueue } from './core/bounded-queue.ts';
import {
  type DeviceState,
  finish,
  type Identity,
  isFinished,
  newDeviceState,
  withCursor,
  without,
} from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { Push } from './frames.ts';
import type { DeviceStorage } from './storage.ts';
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
  storage: DeviceStorage;
  waits: Waits;
  tuning: Tuning;
  random: () => number;
  onPush: (push: Push) => void | Promise<void>;
  /** The message is handled, and stored as such: it may be acknowledged. */
  onFinished: (cid: string, push: Push) => void;
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
  #state: DeviceState | undefined;
  #queue: BoundedQueue<Work>;
  /** Keys of what is queued or in hand: after a reconnect the server sends it again. */
  #keys = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(ports: DeliveryPorts, state: DeviceState | undefined) {
    this.#ports = ports;
    this.#state = state;
    this.#queue = new BoundedQueue(ports.tuning.maxInbox + controlRoom);
  }

  /** As it was stored last. */
  get state(): DeviceState | undefined {
    return this.#state;
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
    const state = this.#state;
    switch (work.kind) {
      case 'identity':
        await this.#store(newDeviceState(this.#ports.appId, work.identity));
        break;
      case 'cursor':
        if (state?.cid === work.cid) await this.#store(withCursor(state, work.bseq));
        break;
      case 'forget':
        if (state?.cid === work.cid) await this.#store(without(state, work.field));
        break;
      case 'push':
        if (state !== undefined) await this.#deliver(state, work.cid, work.push);
        break;
    }
  }

  async #deliver(state: DeviceState, cid: string, push: Push): Promise<void> {
    const own = state.cid === cid;
    const head = own ? push : { id: push.id };
    if (!isFinished(state, head) && !(await this.#handle(push))) return;
    if (!(await this.#store(finish(state, head)))) return;
    if (own) this.#ports.onFinished(cid, push);
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

  /** Tries until it succeeds. False if a stop came between. */
  async #store(next: DeviceState): Promise<boolean> {
    const { onError, random, storage, tuning, waits } = this.#ports;
    for (let attempt = 0; next !== this.#state; attempt++) {
      try {
        await waits.within(tuning.storageTimeoutMs, 'the storage', () => storage.save(next));
        this.#state = next;
      } catch (cause) {
        onError(
          new DeviceError('storage_failed', 'the storage failed to save; no message is acknowledged meanwhile', cause),
        );
        if (waits.stopped) return false;
        await waits.pause(backoffMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, random));
        if (waits.stopped) return false;
      }
    }
    return true;
  }
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
