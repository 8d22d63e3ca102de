import type { DeviceState } from './core/device-state.ts';

/**
 * Where a device keeps who it is and what its app has had. What `save` was given must still be there after a restart
 * once it resolves: the message is acknowledged then, and never comes again. Calls come one after another.
 */
export interface DeviceStorage {
  load(): DeviceState | undefined | Promise<DeviceState | undefined>;
  save(state: DeviceState): void | Promise<void>;
}

/** Forgets all when the process ends: each start is a new device. For tests. */
export function memoryStorage(): DeviceStorage {
  let kept: DeviceState | undefined;
  return {
    load: () => kept,
    save: (state) => {
      kept = state;
    },
  };
}

/** For storages of text. What is not JSON is handed on as it is: that is no device's state either, and the device says so. */
export function decodeState(text: string): DeviceState {
  try {
    return JSON.parse(text);
  } catch {
    return text as unknown as DeviceState;
  }
}
