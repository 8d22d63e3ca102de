import type { AckFrame, Push } from './frames.ts';
import type { Waits } from './waits.ts';

export interface AcksPorts {
  tuning: { ackEveryMs: number };
  waits: Waits;
  send: (frame: AckFrame) => boolean;
}

/**
 * Acknowledgements waiting to be sent. They are cumulative, so however many messages are finished within `ackEveryMs`
 * there is one frame. Without a connection they wait; the next login says the same.
 */
export class Acks {
  #ports: AcksPorts;
  #pending: { cid: string; frame: AckFrame } | undefined;
  #pausing = false;

  constructor(ports: AcksPorts) {
    this.#ports = ports;
  }

  /** `cid` is the one whose position this is. A message without a position is not acknowledged. */
  add(cid: string, { seq, bseq }: Push): void {
    if (seq === undefined && bseq === undefined) return;
    const before = this.#pending?.cid === cid ? this.#pending.frame : undefined;
    this.#pending = { cid, frame: { t: 'ack', seq: seq ?? before?.seq, bseq: bseq ?? before?.bseq } };
    if (!this.#pausing) void this.#flush();
  }

  /** Sends what waits, if it belongs to this cid; what belongs to another one is of no use any more. */
  flushFor(cid: string): void {
    if (this.#pending?.cid !== cid) this.#pending = undefined;
    void this.#flush();
  }

  async #flush(): Promise<void> {
    const { send, tuning, waits } = this.#ports;
    while (this.#pending && send(this.#pending.frame)) {
      this.#pending = undefined;
      if (this.#pausing) return;
      this.#pausing = true;
      await waits.pause(tuning.ackEveryMs);
      this.#pausing = false;
    }
  }
}
