import type { DeviceState } from '../core/device-state.ts';
import type { DeviceStorage } from '../storage.ts';
import { openDatabase, transact } from './indexed-db.ts';

/**
 * Keeps a device in the browser's IndexedDB, in a database `longwire:<name>`: for workers, which have no localStorage, and where that
 * is full. It takes a moment to save: what happens right before a page is left is safer in localStorage.
 *
 * @param name tells several devices of one site apart, e.g. the appId
 */
export function indexedDbStorage(name: string, factory?: IDBFactory): DeviceStorage {
  // Looked up when it is used: a browser may refuse it, and that is then a fault of the storage like others.
  const open = () => openDatabase(factory ?? indexedDB, `longwire:${name}`, ['device']);
  return {
    async load() {
      const value = await transact(await open(), 'device', 'readonly', (store) => store.get('state'));
      return value as DeviceState | undefined;
    },
    async save(state) {
      await transact(await open(), 'device', 'readwrite', (store) => store.put(state, 'state'));
    },
  };
}
