import type { AckFrame, Push } from './frames.ts';
import type { Waits } from './waits.ts';

export interface AcksPorts {
  tuning: { ackEveryMs: number };
  waits: Waits;
  send: (frame: AckFrame) => boolean;
}

/**
 * Acknowledgements waiting to be sent. They are cumulative, so however many messages are finished within `ackEveryMs`
 * there is one frame. From a login on they wait for its welcome.
 */
export class Acks {
  #ports: AcksPorts;
  #pending: Pick<Push, 'seq' | 'bseq'> = {};
  #pausing = false;

  constructor(ports: AcksPorts) {
    this.#ports = ports;
  }

  /** A message without a position is not acknowledged. */
  add({ seq, bseq }: Push): void {
    this.#pending = { seq: seq ?? this.#pending.seq, bseq: bseq ?? this.#pending.bseq };
    if (!this.#pausing) void this.flush();
  }

  /** The server knows no such position: it may be another message's by now. */
  forget(field: 'seq' | 'bseq'): void {
    this.#pending[field] = undefined;
  }

  /** A login says the same, or is of another identity, whose positions these are not. */
  clear(): void {
    this.#pending = {};
  }

  /** Sends what waits, if there is a connection. */
  async flush(): Promise<void> {
    const { send, tuning, waits } = this.#ports;
    while ((this.#pending.seq ?? this.#pending.bseq) !== undefined && send({ t: 'ack', ...this.#pending })) {
      this.#pending = {};
      if (this.#pausing) return;
      this.#pausing = true;
      await waits.pause(tuning.ackEveryMs);
      this.#pausing = false;
    }
  }
}
