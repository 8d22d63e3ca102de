import type { Clock } from './clock.ts';
import { eventsOf, hasEvent, type StoredEvent, withEvents } from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { ErrorFrame, EventFrame, OkFrame } from './frames.ts';
import type { StateStore } from './state-store.ts';
import type { Tuning } from './tuning.ts';
import type { Waits } from './waits.ts';

/** A long queue is sent in slices, 100 a second: with 100 acknowledgements a second still within what servers allow. */
const slice = 40;
const sliceEveryMs = 400;
/** An event that the server can't keep now is sent again so much later. */
const againMs = 10_000;
const ridPrefix = 'e';

export interface EventsPorts {
  clock: Clock;
  store: StateStore;
  tuning: Tuning;
  waits: Waits;
  send: (frame: EventFrame) => boolean;
  /** A time of the device's clock as the server's clock has it. */
  corrected: (at: number) => number;
  onError: (error: DeviceError) => void;
}

/**
 * What the user did, stored until the server has confirmed it: sent at once where there is a connection, and again on the
 * next one if no answer came, also after a restart. The server counts the same once. Number, bytes and age are bounded; at
 * a bound the oldest go.
 */
export class Events {
  #ports: EventsPorts;
  /** Those that this connection was given, by their rid. */
  #sent = new Map<string, StoredEvent>();
  #count = 0;
  /** How many more this slice may have. */
  #left = slice;

  constructor(ports: EventsPorts) {
    this.#ports = ports;
  }

  add(event: StoredEvent): void {
    const { store } = this.#ports;
    if (hasEvent(store.current, event)) return;
    this.#keep([...eventsOf(store.current), event]);
    this.#flush();
  }

  /** A connection begins: what an earlier one was given and has not answered is sent again. */
  begin(): void {
    this.#sent.clear();
    this.#keep(eventsOf(this.#ports.store.current));
    this.#flush();
  }

  /** False if it answers something else. */
  answer(frame: OkFrame | ErrorFrame): boolean {
    const rid = String(frame.rid);
    const event = this.#sent.get(rid);
    if (event && frame.t === 'error' && (frame.code === 'unavailable' || frame.code === 'rate_limited')) {
      void this.#after(againMs, () => this.#sent.delete(rid));
    } else if (event) {
      this.#sent.delete(rid);
      if (frame.t === 'error') this.#fail('event_refused', `${event.action} of ${event.id}: ${frame.message}`);
      this.#set((events) => events.filter((one) => one !== event));
    }
    return rid.startsWith(ridPrefix);
  }

  /** Sends what the pace allows now, and the rest later. */
  #flush(): void {
    const { send, store, corrected } = this.#ports;
    const sent = new Set(this.#sent.values());
    for (const event of eventsOf(store.current)) {
      if (this.#left === 0) return;
      if (sent.has(event)) continue;
      const rid = `${ridPrefix}${++this.#count}`;
      if (!send({ t: 'event', rid, ...event, at: corrected(event.at) })) return;
      this.#sent.set(rid, event);
      if (this.#left-- === slice)
        void this.#after(sliceEveryMs, () => {
          this.#left = slice;
        });
    }
  }

  async #after(ms: number, change: () => void): Promise<void> {
    await this.#ports.waits.pause(ms);
    change();
    this.#flush();
  }

  #keep(events: readonly StoredEvent[]): void {
    const { clock, tuning } = this.#ports;
    const oldest = clock.wallNow() - tuning.eventMaxAgeMs;
    let bytes = 0;
    const newestFirst = events.filter(({ at }) => at >= oldest).reverse();
    const kept = newestFirst.filter((event, index) => {
      bytes += JSON.stringify(event).length;
      return index < tuning.maxEvents && bytes <= tuning.maxEventBytes;
    });
    const dropped = events.length - kept.length;
    if (dropped > 0) this.#fail('events_dropped', `${dropped} events dropped: too many, too large or too old`);
    this.#set(() => (dropped > 0 ? kept.reverse() : events));
  }

  #set(next: (events: readonly StoredEvent[]) => readonly StoredEvent[]): void {
    this.#ports.store.change((state) => withEvents(state, next(eventsOf(state))));
  }

  #fail(code: 'event_refused' | 'events_dropped', message: string): void {
    this.#ports.onError(new DeviceError(code, message));
  }
}
