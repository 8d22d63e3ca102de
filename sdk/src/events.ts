import type { Clock } from './clock.ts';
import { BoundedQueue } from './core/bounded-queue.ts';
import { DeviceError } from './errors.ts';
import type { EventFrame } from './frames.ts';

/** A long queue is sent in slices, 100 a second: with 100 acknowledgements a second still within what servers allow. */
const slice = 40;
const sliceEveryMs = 400;

/** Events waiting to be sent: kept while there is no connection, up to a bound; then the oldest is dropped. */
export class Events {
  #clock: Clock;
  #queue: BoundedQueue<EventFrame>;
  #send: (frame: EventFrame) => boolean;
  #onError: (error: DeviceError) => void;
  #left = slice;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, max: number, send: (frame: EventFrame) => boolean, onError: (error: DeviceError) => void) {
    this.#clock = clock;
    this.#queue = new BoundedQueue(max);
    this.#send = send;
    this.#onError = onError;
  }

  add(event: EventFrame): void {
    if (!this.#queue.add(event)) {
      this.#queue.take();
      this.#queue.add(event);
      this.#onError(
        new DeviceError('events_dropped', `more than ${this.#queue.max} events wait; the oldest was dropped`),
      );
    }
    this.flush();
  }

  /** Sends what the pace allows now, and the rest later. */
  flush(): void {
    for (let next = this.#queue.peek(); next !== undefined && this.#left > 0; next = this.#queue.peek()) {
      if (!this.#send(next)) return;
      this.#queue.take();
      this.#left--;
      this.#cancel ??= this.#clock.after(sliceEveryMs, () => {
        this.#cancel = undefined;
        this.#left = slice;
        this.flush();
      });
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#left = 0;
  }
}
