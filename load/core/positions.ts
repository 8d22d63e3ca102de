import type { PushFrame } from '../../sdk/src/frames.ts';

/** How many ids an SDK remembers (docs/protocol.md, Delivery 5). */
const keptIds = 200;

/**
 * What a device has finished, as an SDK keeps it: its app sees what is new, and nothing that was sent again. A class, as
 * there is one for each device; an id is kept as a number of 53 bits, 1.6 kB for 200 of them.
 */
export class Positions {
  /** Highest position of a message to this device; 0 if none. */
  seq = 0;
  /** Cursor of broadcasts; undefined until the first welcome. */
  bseq: number | undefined;
  #ids = new Float64Array(8);
  #count = 0;

  /** Notes the message. False if the app had it before. */
  finish({ id, seq, bseq }: Pick<PushFrame, 'id' | 'seq' | 'bseq'>): boolean {
    const hash = hashOf(id);
    const known =
      (seq !== undefined && seq <= this.seq) ||
      (bseq !== undefined && this.bseq !== undefined && bseq <= this.bseq) ||
      this.#has(hash);
    this.seq = Math.max(this.seq, seq ?? 0);
    if (bseq !== undefined) this.bseq = Math.max(this.bseq ?? 0, bseq);
    if (!known) this.#keep(hash);
    return !known;
  }

  #has(hash: number): boolean {
    const at = this.#ids.indexOf(hash);
    return at >= 0 && at < this.#count;
  }

  /** Past the bound the oldest is forgotten. */
  #keep(hash: number): void {
    if (this.#count === this.#ids.length && this.#ids.length < keptIds) {
      const larger = new Float64Array(Math.min(keptIds, this.#ids.length * 2));
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[this.#count % keptIds] = hash;
    this.#count++;
  }
}

/** 53 bits of a text (cyrb53). */
function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
