import type { StoredEvent } from '../core/device-state.ts';

/** Events that wait for the tab that leads, at the most. */
const maxItems = 200;

/** Events of tabs that don't lead: in localStorage at once, so that a tab that is being left loses none. */
export class Outbox {
  #prefix: string;
  #tab: string;
  #count = 0;

  constructor(name: string, tab: string) {
    this.#prefix = `longwire:outbox:${name}:`;
    this.#tab = tab;
  }

  /**
   * Calls `added` when another tab has put something in. The browser's own event says so, not a message of ours: a message may
   * come before this tab sees what was written. The answer ends that.
   */
  watch(added: () => void): () => void {
    const changed = ({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): void => {
      if (key?.startsWith(this.#prefix) && newValue !== null) added();
    };
    window.addEventListener('storage', changed);
    return () => window.removeEventListener('storage', changed);
  }

  /** False if it can't be kept. */
  put(event: StoredEvent): boolean {
    try {
      if (this.#keys().length >= maxItems) return false;
      localStorage.setItem(`${this.#prefix}${this.#tab}.${++this.#count}`, JSON.stringify(event));
      return true;
    } catch {
      return false;
    }
  }

  /** Gives all to `take`, and forgets them once that has resolved with true. */
  async empty(take: (events: StoredEvent[]) => Promise<boolean>): Promise<void> {
    try {
      const keys = this.#keys();
      const events = keys.map((key) => read(localStorage.getItem(key))).filter((event) => event !== undefined);
      if (keys.length === 0 || !(await take(events))) return;
      for (const key of keys) localStorage.removeItem(key);
    } catch {
      // There is no storage.
    }
  }

  #keys(): string[] {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
  }
}

function read(text: string | null): StoredEvent | undefined {
  try {
    const { task, id, action, at } = JSON.parse(text ?? '') as StoredEvent;
    return typeof task === 'string' && typeof id === 'string' ? { task, id, action, at } : undefined;
  } catch {
    return undefined;
  }
}
