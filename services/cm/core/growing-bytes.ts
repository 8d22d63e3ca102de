const none = Buffer.alloc(0);

/** Bytes that come in pieces: copied, as a piece is a part of something larger, into a memory of twice their size at the most. */
export class GrowingBytes {
  #bytes = none;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      // Not of the pool, of which a few bytes would hold 8 KiB.
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** All of them; it is empty then. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = none;
    this.#length = 0;
    return taken;
  }
}
