import { type DeviceStorage, decodeState } from '../storage.ts';

/**
 * Keeps a device in the browser's localStorage, under `longwire:<name>`. All tabs of a site share it, so they are one
 * device, and of several connected tabs the last one wins: connect from one tab, or from a shared worker.
 *
 * @param name tells several devices of one site apart, e.g. the appId
 */
export function localStorageStorage(name: string, area?: Pick<Storage, 'getItem' | 'setItem'>): DeviceStorage {
  const key = `longwire:${name}`;
  // Looked up when it is used: a browser may refuse it, and that is then a fault of the storage like others.
  const items = () => area ?? localStorage;
  return {
    load() {
      const text = items().getItem(key);
      return text === null ? undefined : decodeState(text);
    },
    save(state) {
      items().setItem(key, JSON.stringify(state));
    },
  };
}
