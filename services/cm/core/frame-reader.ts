import { isUtf8 } from 'node:buffer';
import { closeCodes } from '../../common/protocol/device-frames.ts';

/** What a client's bytes come to, in their order. */
export interface FrameSink {
  /** They cost so many frames of its allowance beside whole messages. */
  charged(frames: number): void;
  text(text: string): void;
  binary(): void;
  pinged(payload: Buffer): void;
  ponged(): void;
  /** A close frame, which may name no code. Nothing is read after it. */
  leaving(code: number | undefined): void;
  /** They break RFC 6455, or a limit: the code to close with, and why. Nothing is read after that. */
  broken(code: number, fault: string): void;
}

const finalBit = 0x80;
const maskBit = 0x80;
const reservedBits = 0x70;
const opcodeBits = 0x0f;
const lengthBits = 0x7f;
const [continuation, text, binary, close, ping, pong] = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];
const known = new Set([continuation, text, binary, close, ping, pong]);
/** The longest payload of a control frame, bytes. */
const maxControl = 125;
/** RFC 6455, 7.4.1. */
const protocolFault = 1002;
/** A piece of a frame that is smaller than this costs as much as a frame: packets of honest devices are larger. */
const smallPiece = 256;
/** Fragments of a message. */
const maxFragments = 128;

const noBytes = Buffer.alloc(0);
/** Of the four bytes of a mask. */
const shifts = [24, 16, 8, 0];

type Stage = 'first' | 'second' | 'length' | 'mask' | 'payload' | 'over';

/**
 * Reads the WebSocket frames of one client (RFC 6455, 5.2), wherever its bytes are cut. The part of a message that has come is
 * kept in at most twice its size; a length alone allocates nothing. Between messages a reader holds no state, so all connections
 * that are at rest share one.
 *
 * Control frames, fragments, and frames that come in small pieces cost work here, and none comes as a message by which it could be
 * counted: each is charged before its content is passed on.
 */
export class FrameReader {
  #maxMessageBytes: number;
  #stage: Stage = 'first';
  #first = 0;
  #length = 0;
  /** Bytes of an extended length, or of the mask, that are still to come. */
  #headBytes = 0;
  #mask = 0;
  /** Bytes of the payload under way that have come. */
  #done = 0;
  /** Of a control frame that has come in part. */
  #control = new GrowingBytes();
  /** Of the message under way: its fragments, and the frame that has come in part. */
  #message = new GrowingBytes();
  /** Of that message; 0 where none is under way. */
  #opcode = 0;
  #fragments = 0;

  /** @param maxMessageBytes of one message in all its fragments. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Nothing is under way: the next byte begins a message, or a frame beside one. */
  get atRest(): boolean {
    return this.#stage === 'first' && this.#fragments === 0;
  }

  /** Takes what a socket received, in order. The bytes are the reader's from then on: it takes their mask off where they are. */
  read(chunk: Buffer, sink: FrameSink): void {
    if (this.#stage !== 'first' && this.#stage !== 'over' && chunk.length < smallPiece) sink.charged(1);
    let at = 0;
    while (at < chunk.length && this.#stage !== 'over') {
      if (this.#stage === 'payload') at = this.#payload(chunk, at, sink);
      else this.#head(chunk[at++]!, sink);
    }
  }

  #head(byte: number, sink: FrameSink): void {
    switch (this.#stage) {
      case 'first':
        this.#first = byte;
        if ((byte & finalBit) === 0 || ((byte & opcodeBits) !== text && (byte & opcodeBits) !== binary))
          sink.charged(1);
        this.#stage = 'second';
        return;
      case 'second':
        this.#second(byte, sink);
        return;
      case 'length':
        this.#length = this.#length * 256 + byte;
        if (--this.#headBytes === 0) this.#maskFollows(sink);
        return;
      case 'mask':
        this.#mask = ((this.#mask << 8) | byte) >>> 0;
        if (--this.#headBytes > 0) return;
        this.#stage = 'payload';
        this.#done = 0;
        if (this.#length === 0) this.#payload(noBytes, 0, sink);
    }
  }

  #second(byte: number, sink: FrameSink): void {
    this.#length = byte & lengthBits;
    const fault = this.#headFault((byte & maskBit) !== 0);
    if (fault !== undefined) {
      this.#end(sink, protocolFault, fault);
      return;
    }
    if (this.#length <= maxControl) {
      this.#maskFollows(sink);
      return;
    }
    this.#headBytes = this.#length === 126 ? 2 : 8;
    this.#length = 0;
    this.#stage = 'length';
  }

  #headFault(masked: boolean): string | undefined {
    const opcode = this.#first & opcodeBits;
    if ((this.#first & reservedBits) !== 0) return 'a reserved bit is set';
    if (!known.has(opcode)) return `there is no opcode ${opcode}`;
    if (!masked) return 'a frame of a client has no mask';
    if (opcode >= close) {
      if ((this.#first & finalBit) === 0) return 'a control frame is a fragment';
      return this.#length > maxControl ? `a control frame has more than ${maxControl} bytes` : undefined;
    }
    if (opcode === continuation) return this.#fragments === 0 ? 'there is no message to continue' : undefined;
    return this.#fragments > 0 ? 'a message begins within another' : undefined;
  }

  #maskFollows(sink: FrameSink): void {
    const opcode = this.#first & opcodeBits;
    if (opcode < close) {
      if (this.#message.length + this.#length > this.#maxMessageBytes) {
        this.#end(sink, closeCodes.tooLarge, `a message has more than ${this.#maxMessageBytes} bytes`);
        return;
      }
      if (opcode !== continuation) this.#opcode = opcode;
      const isWhole = opcode !== continuation && (this.#first & finalBit) !== 0;
      if (!isWhole && ++this.#fragments > maxFragments) {
        this.#end(sink, closeCodes.tooFast, `a message has more than ${maxFragments} fragments`);
        return;
      }
    }
    this.#stage = 'mask';
    this.#headBytes = 4;
    this.#mask = 0;
  }

  /** @returns where the next frame begins, or the end of the chunk. */
  #payload(chunk: Buffer, at: number, sink: FrameSink): number {
    const end = Math.min(at + this.#length - this.#done, chunk.length);
    this.#unmask(chunk, at, end);
    const piece = chunk.subarray(at, end);
    const isFirst = this.#done === 0;
    this.#done += end - at;
    const isLast = this.#done === this.#length;
    const isControl = (this.#first & opcodeBits) >= close;
    const isMessage = isControl || (this.#first & finalBit) !== 0;
    const kept = isControl ? this.#control : this.#message;
    if (isLast) this.#stage = 'first';
    if (isLast && isMessage && isFirst && kept.length === 0) {
      // As nearly all are: of one frame, of one piece.
      this.#told(isControl, piece, sink);
    } else {
      kept.append(piece);
      if (isLast && isMessage) this.#told(isControl, kept.take(), sink);
    }
    return end;
  }

  #unmask(chunk: Buffer, from: number, to: number): void {
    if (this.#mask === 0) return;
    let place = this.#done;
    for (let at = from; at < to; at++) chunk[at]! ^= this.#mask >>> shifts[place++ & 3]!;
  }

  #told(isControl: boolean, payload: Buffer, sink: FrameSink): void {
    if (isControl) {
      this.#toldControl(payload, sink);
      return;
    }
    this.#fragments = 0;
    if (this.#opcode === binary) sink.binary();
    else if (isUtf8(payload)) sink.text(payload.toString());
    else this.#end(sink, closeCodes.malformed, 'a text is not UTF-8');
  }

  #toldControl(payload: Buffer, sink: FrameSink): void {
    const opcode = this.#first & opcodeBits;
    if (opcode === ping) sink.pinged(payload);
    else if (opcode === pong) sink.ponged();
    else {
      const code = payload.length < 2 ? undefined : payload.readUInt16BE();
      if (code === undefined ? payload.length > 0 : !maySay(code))
        this.#end(sink, protocolFault, 'a close frame has no valid code');
      else if (payload.length > 2 && !isUtf8(payload.subarray(2))) {
        this.#end(sink, closeCodes.malformed, 'the reason of a close is not UTF-8');
      } else {
        this.#stage = 'over';
        sink.leaving(code);
      }
    }
  }

  #end(sink: FrameSink, code: number, fault: string): void {
    this.#stage = 'over';
    sink.broken(code, fault);
  }
}

/** Whether a close frame may have this code (RFC 6455, 7.4, and what was registered since). */
function maySay(code: number): boolean {
  if (code >= 3_000) return code <= 4_999;
  return code >= 1_000 && code <= 1_014 && (code < 1_004 || code > 1_006);
}

/** Bytes that come in pieces: copied, as a piece is a part of something larger, into a memory of twice their size at the most. */
class GrowingBytes {
  #bytes = noBytes;
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
    this.#bytes = noBytes;
    this.#length = 0;
    return taken;
  }
}
