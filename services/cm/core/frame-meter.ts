const final = 0x80;
const opcodeBits = 0x0f;
const [text, binary] = [0x1, 0x2];
const maskBytes = 4;
/** A piece of a frame that is smaller than this costs as much as a frame: packets of honest devices are larger. */
const smallPiece = 256;

/**
 * What a client sends beside whole messages, counted before any of it is read: control frames, fragments, and frames that
 * come in small pieces. Each costs work here, and none comes as a message by which it could be counted.
 */
export class FrameMeter {
  /** Bytes of the frame under way that are still to come; of them nothing is looked at. */
  #left = 0;
  /** Bytes of its head that were read; 0: a frame begins next. */
  #headBytes = 0;
  /** Of its extended length: bytes still to come, and what they said so far. */
  #lengthBytes = 0;
  #length = 0;

  /** Nothing is under way: the next byte begins a frame. */
  get atRest(): boolean {
    return this.#left === 0 && this.#headBytes === 0;
  }

  /** Takes what a socket received, in order. @returns how many frames of a client's allowance it costs. */
  measure(chunk: Uint8Array): number {
    let cost = !this.atRest && chunk.length < smallPiece ? 1 : 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        at += taken;
      } else {
        cost += this.#head(chunk[at++]!);
      }
    }
    return cost;
  }

  #head(byte: number): number {
    if (this.#headBytes === 0) {
      this.#headBytes = 1;
      const opcode = byte & opcodeBits;
      return (byte & final) !== 0 && (opcode === text || opcode === binary) ? 0 : 1;
    }
    if (this.#headBytes === 1) {
      this.#headBytes = 2;
      this.#length = byte & 0x7f;
      if (this.#length < 126) this.#payloadFollows();
      else {
        this.#lengthBytes = this.#length === 126 ? 2 : 8;
        this.#length = 0;
      }
      return 0;
    }
    this.#length = this.#length * 256 + byte;
    if (--this.#lengthBytes === 0) this.#payloadFollows();
    return 0;
  }

  #payloadFollows(): void {
    this.#left = this.#length + maskBytes;
    this.#headBytes = 0;
  }
}
