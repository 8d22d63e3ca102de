import type { BroadcastEntry } from '../../common/protocol/broadcast-calls.ts';

/** What this node knows of an app's broadcasts: which there are, in their order. Their messages are elsewhere. */
export class BroadcastLog {
  #entries: BroadcastEntry[] = [];
  #tail = 0;

  /** Position of the newest entry ever known here; 0 before the first. */
  get tail(): number {
    return this.#tail;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Adds what was read after `tail`, in order; what is known already is passed over. Expired entries at the head go. */
  add(entries: BroadcastEntry[], now: number): void {
    for (const entry of entries) {
      if (entry.bseq <= this.#tail) continue;
      this.#entries.push(entry);
      this.#tail = entry.bseq;
    }
    const kept = this.#entries.findIndex(({ exp }) => exp > now);
    this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
  }

  /** Unexpired entries after a position, in order, at most `limit`. */
  after(bseq: number, now: number, limit: number): BroadcastEntry[] {
    const found: BroadcastEntry[] = [];
    for (let index = this.#firstAfter(bseq); index < this.#entries.length && found.length < limit; index++) {
      const entry = this.#entries[index]!;
      if (entry.exp > now) found.push(entry);
    }
    return found;
  }

  /** Entries after one position up to another. */
  between(after: number, upTo: number): BroadcastEntry[] {
    return this.#entries.slice(this.#firstAfter(after), this.#firstAfter(upTo));
  }

  #firstAfter(bseq: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.bseq > bseq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
