import type { BroadcastEntry } from '../../common/protocol/broadcast-calls.ts';

/** Entries that were sent and not acknowledged, at the most: of older ones an arrival isn't counted from here any more. */
const maxUnacked = 1_000;

/**
 * How far one connection is in its app's broadcasts.
 *
 * - BD1 Order: an entry goes out only if its position is above the last one that went out or was passed over.
 * - BD2 A new entry goes out at once only to a connection that has nothing before it to get; another one is behind, and reads
 *   on from its own position.
 *   One that is of its moment (not stored) goes out at once or never.
 * - BD3 Nothing goes out while the socket is over its limit.
 */
export class BroadcastCursor {
  #at: number;
  #finished: number;
  #unacked: BroadcastEntry[] | undefined;
  #behind = false;
  #catchingUp = false;

  /** @param finished what the device had finished when it logged in. */
  constructor(finished: number) {
    this.#at = finished;
    this.#finished = finished;
  }

  /** The last position that went out or was passed over. */
  get at(): number {
    return this.#at;
  }

  /** What its device has finished. */
  get finished(): number {
    return this.#finished;
  }

  /** Whether it has to read on; false while it does. */
  get due(): boolean {
    return this.#behind && !this.#catchingUp;
  }

  /**
   * A new entry of the log: whether to send it now.
   *
   * @param before position of the entry before it; 0 if there is none.
   */
  offer(entry: BroadcastEntry, before: number, blocked: boolean): boolean {
    if (entry.bseq <= this.#at) return false;
    const next = !this.#catchingUp && !this.#behind && !blocked && before <= this.#at;
    if (!entry.stored) {
      // It has no position for the device, so it needs to wait for none.
      if (next) this.#at = entry.bseq;
      return !blocked;
    }
    if (!next) {
      this.#behind = true;
      return false;
    }
    this.went(entry);
    return true;
  }

  /** Something may be in the log that did not go out. */
  fallBehind(): void {
    this.#behind = true;
  }

  /** Begins to read on. */
  begin(): void {
    this.#catchingUp = true;
    this.#behind = false;
  }

  /** Has read on: to the end, or as far as it could (`left`: not to the end). */
  end(left: boolean): void {
    this.#catchingUp = false;
    if (left) this.#behind = true;
  }

  /** An entry went out. */
  went(entry: BroadcastEntry): void {
    this.#at = entry.bseq;
    // Not `[]` and a push, which makes room for 17: most devices have one.
    if (this.#unacked === undefined) {
      this.#unacked = [entry];
      return;
    }
    if (this.#unacked.length >= maxUnacked) this.#unacked.shift();
    this.#unacked.push(entry);
  }

  /** Up to this position nothing more is for this device: it has expired, was stopped, or was of its moment. */
  passTo(bseq: number): void {
    if (bseq > this.#at) this.#at = bseq;
  }

  /** Takes a cumulative ack; answers the tasks that it finished. One beyond what was sent counts up to that. */
  ack(bseq: number): string[] {
    const upTo = Math.min(bseq, this.#at);
    if (upTo > this.#finished) this.#finished = upTo;
    let count = 0;
    while (this.#unacked !== undefined && count < this.#unacked.length && this.#unacked[count]!.bseq <= upTo) count++;
    if (this.#unacked === undefined || count === 0) return [];
    const tasks = this.#unacked.splice(0, count).map(({ task }) => task);
    if (this.#unacked.length === 0) this.#unacked = undefined;
    return tasks;
  }
}
