import type { StopReason } from '../core/close-policy.ts';
import type { DeviceStatus } from '../device.ts';
import type { DeviceErrorCode } from '../errors.ts';
import type { Push } from '../frames.ts';

/** What the tabs of one site tell each other. */
export type TabMessage =
  /** A tab is new, and wants to know the `status`. */
  | { k: 'hello' }
  /** From the tab that leads, when it changes. */
  | { k: 'status'; leader: string; state: DeviceStatus; reason?: StopReason; cid?: string }
  /** `handled`: its app has had it, as the one that leads. */
  | { k: 'push'; push: Push; handled: boolean }
  | { k: 'call'; id: string; name: string; args: unknown[] }
  | { k: 'answer'; id: string; fault?: { code: DeviceErrorCode; message: string } };

export interface TabChannel {
  /** To all others; lost without a word where that can't be done. */
  post(message: TabMessage): void;
  close(): void;
}

type Listener = (message: TabMessage) => void;

/** A BroadcastChannel, or events of localStorage in browsers that have none (Safari before 15.4). */
export function openTabChannel(name: string, onMessage: Listener): TabChannel {
  if (typeof BroadcastChannel === 'function') return broadcastChannel(name, onMessage);
  return storageChannel(name, onMessage);
}

export function broadcastChannel(name: string, onMessage: Listener): TabChannel {
  const channel = new BroadcastChannel(`longwire:${name}`);
  channel.onmessage = ({ data }) => {
    if (isMessage(data)) onMessage(data);
  };
  return {
    post: (message) => quietly(() => channel.postMessage(message)),
    close: () => channel.close(),
  };
}

/** One item is written for each message, and taken away again: other tabs hear of both. */
export function storageChannel(name: string, onMessage: Listener): TabChannel {
  const key = `longwire:channel:${name}`;
  const listen = (event: Pick<StorageEvent, 'key' | 'newValue'>): void => {
    if (event.key !== key || event.newValue === null) return;
    quietly(() => {
      const { message } = JSON.parse(event.newValue ?? '') as { message: unknown };
      if (isMessage(message)) onMessage(message);
    });
  };
  window.addEventListener('storage', listen);
  let count = 0;
  return {
    post: (message) =>
      quietly(() => {
        // The same value twice would be no event.
        localStorage.setItem(key, JSON.stringify({ message, at: `${Date.now()}.${++count}` }));
        localStorage.removeItem(key);
      }),
    close: () => window.removeEventListener('storage', listen),
  };
}

function isMessage(value: unknown): value is TabMessage {
  return typeof value === 'object' && value !== null && typeof (value as { k?: unknown }).k === 'string';
}

function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // A storage that is full, a channel that is closed: the others ask again.
  }
}
