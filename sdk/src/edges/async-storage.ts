import { type DeviceStorage, decodeState } from '../storage.ts';

/** As much of `@react-native-async-storage/async-storage` as is used. */
export interface AsyncStorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
}

/**
 * Keeps a device in React Native's AsyncStorage, under `longwire:<name>`.
 *
 * @param name tells several devices of one app apart, e.g. the appId
 */
export function asyncStorage(items: AsyncStorageLike, name: string): DeviceStorage {
  const key = `longwire:${name}`;
  return {
    async load() {
      const text = await items.getItem(key);
      return text === null ? undefined : decodeState(text);
    },
    save: (state) => items.setItem(key, JSON.stringify(state)),
  };
}
