import type { Clock } from './clock.ts';
import type { AckFrame, Push } from './frames.ts';

/**
 * Acknowledgements waiting to be sent. They are cumulative, so however many messages are finished within `everyMs`
 * there is one frame. Without a connection they wait; the next login says the same.
 */
export class Acks {
  #clock: Clock;
  #everyMs: number;
  #send: (frame: AckFrame) => boolean;
  #pending: { cid: string; seq?: number; bseq?: number } | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, everyMs: number, send: (frame: AckFrame) => boolean) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#send = send;
  }

  /** `cid` is the one whose position this is. A message without a position is not acknowledged. */
  add(cid: string, { seq, bseq }: Push): void {
    if (seq === undefined && bseq === undefined) return;
    const before = this.#pending?.cid === cid ? this.#pending : { cid };
    this.#pending = { ...before, ...(seq === undefined ? {} : { seq }), ...(bseq === undefined ? {} : { bseq }) };
    const leftMs = this.#sentAt + this.#everyMs - this.#clock.now();
    if (leftMs <= 0) this.#flush();
    else this.#cancel ??= this.#clock.after(leftMs, () => this.#flush());
  }

  /** Sends what waits, if it belongs to this cid; what belongs to another one is of no use any more. */
  flushFor(cid: string): void {
    if (this.#pending?.cid !== cid) this.#pending = undefined;
    this.#flush();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pending = undefined;
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#pending === undefined) return;
    const { cid: _, ...positions } = this.#pending;
    if (!this.#send({ t: 'ack', ...positions })) return;
    this.#pending = undefined;
    this.#sentAt = this.#clock.now();
  }
}
