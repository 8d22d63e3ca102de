import { backoffMs } from './core/backoff.ts';
import { type DeviceState, readDeviceState } from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { DeviceStorage } from './storage.ts';
import type { Tuning } from './tuning.ts';
import type { Waits } from './waits.ts';

export interface LoadOptions {
  appId: string;
  storage: DeviceStorage;
  waits: Waits;
  tuning: Tuning;
  random: () => number;
  onError: (error: DeviceError) => void;
}

/**
 * What the storage holds of this app's device. A storage that fails is asked again until it answers or the device is
 * stopped: taking the device for a new one would lose the messages that wait for it. What can't be read is none.
 */
export async function loadState(options: LoadOptions): Promise<DeviceState | undefined> {
  const { appId, onError, random, storage, tuning, waits } = options;
  for (let attempt = 0; !waits.stopped; attempt++) {
    try {
      const value = await waits.within(tuning.storageTimeoutMs, 'the storage', () => storage.load());
      const state = readDeviceState(value);
      // A storage may say null for nothing.
      if (state === undefined && value != null) {
        onError(new DeviceError('storage_corrupt', 'what was stored is not a device; starting anew'));
      }
      return state?.appId === appId ? state : undefined;
    } catch (cause) {
      if (cause instanceof DeviceError && cause.code === 'storage_corrupt') {
        onError(cause);
        return undefined;
      }
      onError(new DeviceError('storage_failed', 'the storage failed to load', cause));
      await waits.pause(backoffMs(attempt, tuning.retryMinMs, tuning.retryMaxMs, random));
    }
  }
  return undefined;
}
