import { backoffMs } from './core/backoff.ts';
import { blankState, type DeviceState, merged, readDeviceState } from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { DeviceStorage } from './storage.ts';
import type { Tuning } from './tuning.ts';
import type { Waits } from './waits.ts';

export interface StateStoreOptions {
  appId: string;
  storage: DeviceStorage;
  waits: Waits;
  tuning: Tuning;
  random: () => number;
  onError: (error: DeviceError) => void;
}

/**
 * The device's state, and its way to the storage. There is one save at a time, and each holds all changes up to it. One
 * that fails is tried again until it succeeds or the device is stopped.
 */
export class StateStore {
  #options: StateStoreOptions;
  #current: DeviceState;
  #stored: DeviceState | undefined;
  #loaded = false;
  #saving = false;
  #waiting: { changes: number; resolve: (saved: boolean) => void }[] = [];
  /** Changes made, and how many of them are saved. */
  #changes = 0;
  #saved = 0;

  constructor(options: StateStoreOptions) {
    this.#options = options;
    this.#current = blankState(options.appId);
  }

  /** With what is not saved yet. */
  get current(): DeviceState {
    return this.#current;
  }

  /** As it was saved last, or loaded. */
  get stored(): DeviceState | undefined {
    return this.#stored;
  }

  /**
   * Takes what the storage holds of this app's device. A storage that fails is asked again until it answers or the device
   * is stopped: taking the device for a new one would lose the messages that wait for it. What can't be read is none. Nothing
   * is saved before. Again later, it takes what another page has stored meanwhile.
   */
  async load(): Promise<void> {
    const { appId, onError, random, storage, tuning, waits } = this.#options;
    for (let attempt = 0; !waits.stopped; attempt++) {
      try {
        const value = await waits.within(tuning.storageTimeoutMs, 'the storage', () => storage.load());
        const state = readDeviceState(value);
        const fault = state === undefined ? 'is not a device' : "is another app's device";
        // A storage may say null for nothing.
        if (value != null && state?.appId !== appId) this.#corrupt(fault);
        else if (state !== undefined) this.#take(state);
        return this.#begin();
      } catch (cause) {
        if (cause instanceof DeviceError && cause.code === 'storage_corrupt') {
          onError(cause);
          return this.#begin();
        }
        onError(new DeviceError('storage_failed', 'the storage failed to load', cause));
        await waits.pause(backoffMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, random));
      }
    }
  }

  /** Changes the state at once, and begins to save it at once where no other save is under way. */
  change(next: (state: DeviceState) => DeviceState): void {
    const changed = next(this.#current);
    if (changed === this.#current && this.#stored !== undefined) return;
    this.#current = changed;
    this.#changes++;
    if (this.#loaded && !this.#saving) void this.#save();
  }

  /** True once all changes up to now are saved; false if the device was stopped before. */
  saved(): Promise<boolean> {
    if (this.#saved >= this.#changes) return Promise.resolve(true);
    if (!this.#saving) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push({ changes: this.#changes, resolve }));
  }

  #take(state: DeviceState): void {
    this.#current = merged(state, this.#current);
    this.#stored = state;
    if (this.#current !== state) this.#changes++;
  }

  #begin(): void {
    this.#loaded = true;
    if (!this.#saving) void this.#save();
  }

  #corrupt(fault: string): void {
    this.#options.onError(new DeviceError('storage_corrupt', `what was stored ${fault}; starting anew`));
  }

  async #save(): Promise<void> {
    const { onError, random, storage, tuning, waits } = this.#options;
    this.#saving = true;
    for (let attempt = 0; this.#saved < this.#changes; ) {
      const state = this.#current;
      const changes = this.#changes;
      try {
        // Called at once: a page that is being left may not come to anything later.
        await waits.within(tuning.storageTimeoutMs, 'the storage', () => storage.save(state));
        this.#stored = state;
        this.#saved = changes;
        attempt = 0;
        this.#tell(true);
      } catch (cause) {
        const why = 'the storage failed to save; no message is acknowledged meanwhile';
        onError(new DeviceError('storage_failed', why, cause));
        if (!waits.stopped) await waits.pause(backoffMs(attempt++, tuning.retryMinMs, tuning.retryMaxMs, random));
        if (waits.stopped) break;
      }
    }
    this.#saving = false;
    this.#tell(false);
  }

  /** @param saved whether what waits for the changes that are saved is told, or all that still waits, that there is no more to come. */
  #tell(saved: boolean): void {
    const told = this.#waiting.filter(({ changes }) => !saved || changes <= this.#saved);
    this.#waiting = saved ? this.#waiting.filter(({ changes }) => changes > this.#saved) : [];
    for (const { resolve } of told) resolve(saved);
  }
}
