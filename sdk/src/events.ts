import type { Clock } from './clock.ts';
import { eventsOf, hasEvent, type StoredEvent, withEvents } from './core/device-state.ts';
import { DeviceError } from './errors.ts';
import type { ErrorFrame, EventFrame, OkFrame } from './frames.ts';
import type { StateStore } from './state-store.ts';
import type { Tuning } from './tuning.ts';

/** A long queue is sent in slices, 100 a second: with 100 acknowledgements a second still within what servers allow. */
const slice = 40;
const sliceEveryMs = 400;
/** An event that the server can't keep now is sent again so much later. */
const againMs = 10_000;
const ridPrefix = 'e';

export interface EventsOptions {
  clock: Clock;
  store: StateStore;
  tuning: Tuning;
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
  #options: EventsOptions;
  /** Those that this connection was given, by their rid. */
  #sent = new Map<string, StoredEvent>();
  /** Those that the server can't keep now. */
  #later = new Set<StoredEvent>();
  #count = 0;
  #left = slice;
  #pace: (() => void) | undefined;
  #again: (() => void) | undefined;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  add(event: StoredEvent): void {
    const { store } = this.#options;
    if (hasEvent(store.current, event)) return;
    this.#keep([...eventsOf(store.current), event]);
    this.flush();
  }

  /** Sends what the pace allows now, and the rest later. */
  flush(): void {
    const { clock, send, store, corrected } = this.#options;
    const sent = new Set(this.#sent.values());
    for (const event of eventsOf(store.current)) {
      if (this.#left <= 0) return;
      if (sent.has(event) || this.#later.has(event)) continue;
      const rid = `${ridPrefix}${this.#count + 1}`;
      if (!send({ t: 'event', rid, ...event, at: corrected(event.at) })) return;
      this.#count++;
      this.#sent.set(rid, event);
      this.#left--;
      this.#pace ??= clock.after(sliceEveryMs, () => {
        this.#pace = undefined;
        this.#left = slice;
        this.flush();
      });
    }
  }

  /** A connection begins: what an earlier one was given and has not answered is sent again. */
  begin(): void {
    this.#sent.clear();
    this.#later.clear();
    this.#keep(eventsOf(this.#options.store.current));
    this.flush();
  }

  /** False if it answers something else. */
  answer(frame: OkFrame | ErrorFrame): boolean {
    const rid = String(frame.rid);
    if (!rid.startsWith(ridPrefix)) return false;
    const event = this.#sent.get(rid);
    this.#sent.delete(rid);
    if (event === undefined) return true;
    if (frame.t === 'error' && (frame.code === 'unavailable' || frame.code === 'rate_limited')) {
      this.#later.add(event);
      this.#again ??= this.#options.clock.after(againMs, () => {
        this.#again = undefined;
        this.#later.clear();
        this.flush();
      });
      return true;
    }
    if (frame.t === 'error') this.#fail('event_refused', `${event.action} of ${event.id}: ${frame.message}`);
    this.#set((events) => events.filter((one) => one !== event));
    return true;
  }

  stop(): void {
    this.#pace?.();
    this.#again?.();
    this.#left = 0;
  }

  #keep(events: readonly StoredEvent[]): void {
    const { clock, tuning } = this.#options;
    const oldest = clock.wallNow() - tuning.eventMaxAgeMs;
    const kept = events.filter(({ at }) => at >= oldest).slice(-tuning.maxEvents);
    let bytes = 0;
    let from = kept.length;
    while (from > 0 && bytes <= tuning.maxEventBytes) bytes += JSON.stringify(kept[--from]).length;
    if (bytes > tuning.maxEventBytes) from++;
    const dropped = events.length - kept.length + from;
    if (dropped > 0)
      this.#fail('events_dropped', `${dropped} events were dropped, as too many wait or wait for too long`);
    this.#set((before) => (events === before && dropped === 0 ? before : kept.slice(from)));
  }

  #set(next: (events: readonly StoredEvent[]) => readonly StoredEvent[]): void {
    this.#options.store.change((state) => withEvents(state, next(eventsOf(state))));
  }

  #fail(code: 'event_refused' | 'events_dropped', message: string): void {
    this.#options.onError(new DeviceError(code, message));
  }
}
