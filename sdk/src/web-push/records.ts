import type { StoredEvent } from '../core/device-state.ts';
import { openDatabase, transact } from '../edges/indexed-db.ts';

/** What the worker and the page know of one message. */
export interface PushRecord {
  id: string;
  /** When it was first seen, ms. */
  at: number;
  /** The worker has shown it. */
  shown?: boolean;
  /** A page is handing it to the app since then, ms; `done` once the app has it. */
  taken?: number;
  done?: boolean;
}

/** Messages that are remembered: the oldest go. */
const maxRecords = 500;
/** Events that wait for a page: the oldest go. */
const maxEvents = 500;
/** A page that took a message and didn't come to an end with it in that time is gone. */
const takenMs = 60_000;

/** What a service worker and the pages of its site share, in IndexedDB. */
export class PushRecords {
  #open: () => Promise<IDBDatabase>;

  constructor(name: string, factory?: IDBFactory) {
    this.#open = () => openDatabase(factory ?? indexedDB, `longwire-push:${name}`, ['pushes', 'events']);
  }

  async shown(id: string): Promise<void> {
    await this.#change(id, (record) => ({ ...record, shown: true }));
    await this.#trim('pushes', maxRecords);
  }

  /** True for the one caller that may hand the message to the app now. `shown`: whether the worker has shown it. */
  async take(id: string): Promise<{ taken: boolean; shown: boolean }> {
    let taken = false;
    const { shown = false } = await this.#change(id, (record) => {
      const held = record.taken !== undefined && Date.now() - record.taken < takenMs;
      taken = !record.done && !held;
      return taken ? { ...record, taken: Date.now() } : record;
    });
    return { taken, shown };
  }

  async done(id: string): Promise<void> {
    await this.#change(id, ({ taken: _, ...record }) => ({ ...record, done: true }));
    await this.#trim('pushes', maxRecords);
  }

  /** The app failed on it: it may be taken again. */
  async give(id: string): Promise<void> {
    await this.#change(id, ({ taken: _, ...record }) => record);
  }

  async addEvent(event: StoredEvent): Promise<void> {
    const key = `${String(event.at).padStart(16, '0')} ${event.id} ${event.action}`;
    await transact(await this.#open(), 'events', 'readwrite', (store) => store.put(event, key));
    await this.#trim('events', maxEvents);
  }

  /** Gives all events to `keep`, and forgets them once that has resolved with true. */
  async takeEvents(keep: (events: StoredEvent[]) => Promise<boolean>): Promise<void> {
    const database = await this.#open();
    const keys = await transact(database, 'events', 'readonly', (store) => store.getAllKeys());
    const events = await transact(database, 'events', 'readonly', (store) => store.getAll());
    if (events.length === 0 || !(await keep(events as StoredEvent[]))) return;
    for (const key of keys) await transact(database, 'events', 'readwrite', (store) => store.delete(key));
  }

  /** In one transaction: of two that change the same, the later one sees what the earlier one wrote. */
  async #change(id: string, next: (record: PushRecord) => PushRecord): Promise<PushRecord> {
    const database = await this.#open();
    let changed: PushRecord = { id, at: Date.now() };
    await transact(database, 'pushes', 'readwrite', (store) => {
      const request = store.get(id);
      request.onsuccess = () => {
        changed = next((request.result as PushRecord | undefined) ?? changed);
        store.put(changed, id);
      };
      return request;
    });
    return changed;
  }

  async #trim(name: 'pushes' | 'events', max: number): Promise<void> {
    const database = await this.#open();
    const all = (await transact(database, name, 'readonly', (store) => store.getAll())) as { at: number }[];
    if (all.length <= max) return;
    const keys = await transact(database, name, 'readonly', (store) => store.getAllKeys());
    const oldest = all.map(({ at }, index) => ({ at, key: keys[index]! })).sort((one, other) => one.at - other.at);
    for (const { key } of oldest.slice(0, all.length - max)) {
      await transact(database, name, 'readwrite', (store) => store.delete(key));
    }
  }
}
