import type { Entry } from '../../common/protocol/user-redis-calls.ts';

/** What came back of an attach or a pull. */
export interface Stored {
  entries: Entry[];
  more: boolean;
  /** False: the view of this device's partition is not whole, nothing of it may be sent. */
  ready: boolean;
}

export interface Sent {
  seq: number;
  task: string;
  /** When it was written, ms since the Unix epoch. */
  at: number;
}

/** One empty list for all connections: most of them are idle, and each of its own would take 32 bytes. Never written to. */
const none: Sent[] = [];

/**
 * The delivery rules of one connection, without any I/O.
 *
 * - DL1 Order: a message goes out only if its position is above the last one sent.
 * - DL2 Gap rule: an offered message goes out at once if everything queued before it was sent on this connection;
 *   otherwise the queue is pulled.
 * - DL3 Window: at most `window` messages are unacknowledged; the rest waits in storage.
 * - DL4 Nothing is sent from a view that is not whole.
 */
export class Delivery {
  #window: number;
  #lastSent: number;
  #finished: number;
  #unacked: Sent[] = none;
  /** A pull is under way; offers meanwhile only note that another one is needed. */
  #pulling = false;
  /** Something may be in storage that was not sent. */
  #behind = false;
  #blocked = false;
  #whole = true;

  /** @param finished what the device had finished when it logged in. */
  constructor(window: number, finished: number) {
    this.#window = window;
    this.#lastSent = finished;
    this.#finished = finished;
  }

  get finished(): number {
    return this.#finished;
  }

  get lastSent(): number {
    return this.#lastSent;
  }

  get unacked(): number {
    return this.#unacked.length;
  }

  /** True while what was read last came from a view that is not whole: it must be read again later. */
  get waiting(): boolean {
    return !this.#whole;
  }

  /** An offer of a stored message: whether to send it now. A refused one is pulled later. */
  offer(seq: number, prev: number, task: string, now: number): boolean {
    if (seq <= this.#lastSent) return false;
    if (this.#pulling || this.#blocked || !this.#whole || prev > this.#lastSent || this.#full) {
      this.#behind = true;
      return false;
    }
    this.#sent(seq, task, now);
    return true;
  }

  /** Something is, or may be, in storage. */
  hint(): void {
    this.#behind = true;
  }

  /** Begins a pull if one is due: answers from where and how many, or undefined. */
  nextPull(): { after: number; limit: number } | undefined {
    if (!this.#behind || this.#pulling || this.#blocked || !this.#whole) return undefined;
    // Half a window at a time, so that a backlog is read in few pulls.
    if (this.#unacked.length > this.#window / 2) return undefined;
    return this.#startPull();
  }

  /** Begins a pull of a connection that waits for its view to become whole. */
  retryPull(): { after: number; limit: number } | undefined {
    if (this.#whole || this.#pulling) return undefined;
    return this.#startPull();
  }

  /** Takes what a pull or an attach answered: the entries to send now, in order. */
  stored(found: Stored, now: number): Entry[] {
    this.#pulling = false;
    this.#whole = found.ready;
    if (!found.ready) {
      this.#behind = true;
      return [];
    }
    const out: Entry[] = [];
    for (const entry of found.entries) {
      if (entry.seq <= this.#lastSent || entry.exp <= now) continue;
      if (this.#full || this.#blocked) {
        this.#behind = true;
        break;
      }
      this.#sent(entry.seq, entry.task, now);
      out.push(entry);
    }
    if (found.more) this.#behind = true;
    return out;
  }

  pullFailed(): void {
    this.#pulling = false;
    this.#behind = true;
  }

  /** Takes a cumulative ack; answers what it finished that was sent here, oldest first. An ack beyond what was sent counts up to that. */
  ack(seq: number): Sent[] {
    const upTo = Math.min(seq, this.#lastSent);
    if (upTo > this.#finished) this.#finished = upTo;
    let count = 0;
    while (count < this.#unacked.length && this.#unacked[count]!.seq <= upTo) count++;
    if (count < this.#unacked.length) return this.#unacked.splice(0, count);
    // An array that was emptied would keep its room.
    const all = this.#unacked;
    this.#unacked = none;
    return all;
  }

  /** The socket's send buffer is over its limit, or has drained. */
  setBlocked(blocked: boolean): void {
    this.#blocked = blocked;
    if (blocked) this.#behind = true;
  }

  get #full(): boolean {
    return this.#unacked.length >= this.#window;
  }

  #startPull(): { after: number; limit: number } {
    this.#pulling = true;
    this.#behind = false;
    return { after: this.#lastSent, limit: Math.max(1, this.#window - this.#unacked.length) };
  }

  #sent(seq: number, task: string, at: number): void {
    this.#lastSent = seq;
    if (this.#unacked === none) this.#unacked = [{ seq, task, at }];
    else this.#unacked.push({ seq, task, at });
  }
}
