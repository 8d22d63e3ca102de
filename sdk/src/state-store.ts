import { type DeviceState, merged, newDeviceState, readDeviceState } from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { DeviceStorage } from './storage.ts';
import type { Tuning } from './tuning.ts';
import type { Waits } from './waits.ts';

export interface StateStorePorts {
  appId: string;
  storage: DeviceStorage;
  waits: Waits;
  tuning: Tuning;
  onError: (error: DeviceError) => void;
}

/**
 * The device's state, and its way to the storage. There is one save at a time, and each holds all changes up to it. One
 * that fails is tried again until it succeeds or the device is stopped.
 */
export class StateStore {
  #ports: StateStorePorts;
  #current: DeviceState;
  #stored: DeviceState | undefined;
  #loaded = false;
  #loading: Promise<boolean> | undefined;
  /** The save under way: true once it has succeeded. */
  #saving: Promise<boolean> | undefined;
  /** Changes made, and how many of them are saved. */
  #changes = 0;
  #saved = 0;

  constructor(ports: StateStorePorts) {
    this.#ports = ports;
    this.#current = newDeviceState(ports.appId);
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
    const { storage } = this.#ports;
    this.#loading = this.#ask(
      'load',
      () => storage.load(),
      (value) => this.#take(value),
    );
    if (await this.#loading) this.#loaded = true;
    this.#flush();
  }

  /** Changes the state at once, and begins to save it at once where no other save is under way. */
  change(next: (state: DeviceState) => DeviceState): void {
    const changed = next(this.#current);
    if (changed === this.#current && this.#stored !== undefined) return;
    this.#current = changed;
    this.#changes++;
    this.#flush();
  }

  /** True once all changes up to now are saved; false if the device was stopped before. */
  async saved(): Promise<boolean> {
    const changes = this.#changes;
    await this.#loading;
    while (this.#saved < changes) if (!(await this.#saving)) return false;
    return true;
  }

  #take(value: unknown): void {
    const { appId, onError } = this.#ports;
    // A storage may say null for nothing.
    if (value === undefined || value === null) return;
    const state = readDeviceState(value);
    if (state?.appId === appId) {
      this.#current = merged(state, this.#current);
      this.#stored = state;
      if (this.#current !== state) this.#changes++;
    } else {
      const found = state ? "another app's device" : 'no device';
      onError(new DeviceError('storage_corrupt', `what was stored is ${found}; starting anew`));
    }
  }

  #flush(): void {
    if (this.#loaded && this.#saved < this.#changes && !this.#saving) this.#saving = this.#save();
  }

  async #save(): Promise<boolean> {
    let state = this.#current;
    let changes = 0;
    const saved = await this.#ask(
      'save: no message is acknowledged meanwhile',
      () => {
        state = this.#current;
        changes = this.#changes;
        // Called at once: a page that is being left may not come to anything later.
        return this.#ports.storage.save(state);
      },
      () => {
        this.#stored = state;
        this.#saved = changes;
      },
    );
    this.#saving = undefined;
    if (saved) this.#flush();
    return saved;
  }

  /** Asks the storage until it answers. False if a stop came before. */
  #ask<Answer>(what: string, run: () => Answer | Promise<Answer>, take: (answer: Answer) => void): Promise<boolean> {
    const { onError, tuning, waits } = this.#ports;
    return waits.retry(async () => {
      try {
        take(await waits.within(tuning.storageTimeoutMs, 'the storage', run));
      } catch (cause) {
        onError(new DeviceError('storage_failed', `the storage failed to ${what}`, cause));
        return false;
      }
      return true;
    });
  }
}
