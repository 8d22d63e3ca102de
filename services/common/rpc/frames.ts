import type { Socket } from 'node:net';

/**
 * Frames of a stream of calls, version 1: length of what follows (u32, big endian), kind (u8), number of the call (u32), payload. A
 * payload has at most `maxPayload` bytes; what is longer comes in parts, and between the parts of one message others go ahead.
 */
export const frameKinds = {
  /** Length of the call's name (u8), name, request as JSON. */
  call: 1,
  /** Answer as JSON. */
  answer: 2,
  /** `{code, message, field?}` as JSON. */
  fault: 3,
  /** More of the JSON of the message with this number, in front of what its last frame has. */
  part: 4,
  /** The answering side takes no further calls: those under way are answered. */
  leave: 5,
} as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

/** The header of the HTTP upgrade that begins a stream; a later version gets another name. */
/** Header of the answer that opens a stream: which instance it is of, whatever balancer is between. */
export const instanceHeader = 'x-longwire-instance';
export const streamProtocol = 'longwire-calls/1';
export const streamPath = '/rpc/stream';

const maxPayload = 64 * 1024;
/** Kind and number, which the length counts too. */
const fixedBytes = 5;
const headBytes = 4 + fixedBytes;
const chunkBytes = 128 * 1024;
/** Bytes of UTF-8 that one unit of UTF-16 can become. */
const bytesPerUnit = 3;

interface Long {
  kind: FrameKind;
  id: number;
  name: string;
  body: Buffer;
  at: number;
}

/** Writes frames to a socket: those of one turn of the event loop with one write. */
export class FrameWriter {
  #socket: Socket;
  #onWritten: () => void;
  #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #from = 0;
  #to = 0;
  #long: Long[] = [];
  #longBytes = 0;
  #scheduled = false;
  #ending = false;

  /** @param onWritten told after each write: fewer bytes may be waiting. */
  constructor(socket: Socket, onWritten = () => {}) {
    this.#socket = socket;
    this.#onWritten = onWritten;
    socket.on('drain', () => {
      if (this.#long.length > 0) this.#schedule();
      this.#onWritten();
    });
  }

  /** Ends the connection, once all that was sent is written. */
  end(): void {
    this.#ending = true;
    this.#schedule();
  }

  /** Bytes that the other side has not taken yet. */
  get waitingBytes(): number {
    return this.#socket.writableLength + this.#longBytes + (this.#to - this.#from);
  }

  /** @param name of the call, of frames of that kind; ASCII. */
  send(kind: FrameKind, id: number, text: string, name = ''): void {
    const nameBytes = kind === frameKinds.call ? 1 + name.length : 0;
    if (nameBytes + bytesPerUnit * text.length <= maxPayload) {
      const start = this.#begin(kind, id, name, bytesPerUnit * text.length);
      this.#to += this.#chunk.write(text, this.#to);
      this.#end(start);
    } else {
      const body = Buffer.from(text);
      this.#long.push({ kind, id, name, body, at: 0 });
      this.#longBytes += body.length;
    }
    this.#schedule();
  }

  /** Writes head and name of a frame; there is room for `most` bytes behind them. Answers where the frame starts. */
  #begin(kind: FrameKind, id: number, name: string, most: number): number {
    const nameBytes = kind === frameKinds.call ? 1 + name.length : 0;
    if (this.#to + headBytes + nameBytes + most > chunkBytes) this.#next();
    const start = this.#to;
    this.#chunk[start + 4] = kind;
    this.#chunk.writeUInt32BE(id, start + 5);
    this.#to = start + headBytes;
    if (nameBytes > 0) {
      this.#chunk[this.#to] = name.length;
      this.#chunk.write(name, this.#to + 1, 'latin1');
      this.#to += nameBytes;
    }
    return start;
  }

  #end(start: number): void {
    this.#chunk.writeUInt32BE(this.#to - start - 4, start);
  }

  /** A chunk goes on where the last write ended, as that part may not be sent yet. */
  #next(): void {
    this.#write();
    this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
    this.#from = 0;
    this.#to = 0;
  }

  #write(): void {
    if (this.#to > this.#from) this.#socket.write(this.#chunk.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  #flush = (): void => {
    this.#scheduled = false;
    if (this.#socket.destroyed) return;
    // Long messages wait until the socket has taken what is before them.
    if (!this.#socket.writableNeedDrain) this.#long = this.#long.filter((long) => this.#piece(long));
    this.#write();
    if (this.#long.length === 0 && this.#ending) this.#socket.end();
    if (this.#long.length > 0 && !this.#socket.writableNeedDrain) this.#schedule();
    this.#onWritten();
  };

  /** Writes one frame of a long message; answers whether there is more of it. */
  #piece(long: Long): boolean {
    const { kind, id, name, body } = long;
    // The last frame has the name too: half of what fits is always enough room for it.
    const last = body.length - long.at <= maxPayload / 2;
    const piece = body.subarray(long.at, last ? body.length : long.at + maxPayload / 2);
    const start = this.#begin(last ? kind : frameKinds.part, id, name, piece.length);
    this.#to += piece.copy(this.#chunk, this.#to);
    this.#end(start);
    long.at += piece.length;
    this.#longBytes -= piece.length;
    return !last;
  }
}

/** What breaks the rules of a stream: it can only be ended. */
export class FrameError extends Error {}

interface Parts {
  pieces: Buffer[];
  bytes: number;
}

/** Bytes of messages that have not come whole yet, at the most: several of the largest. */
const maxPartBytes = 128 * 1024 * 1024;

export interface Frame {
  kind: FrameKind;
  id: number;
  /** Of a call. */
  name: string;
  body: string;
  /** Bytes of the body. */
  bytes: number;
}

/** Reads frames off what a socket gives, and puts parts together. */
export class FrameReader {
  #onFrame: (frame: Frame) => void;
  #rest: Buffer | undefined;
  #parts = new Map<number, Parts>();
  #partBytes = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws FrameError */
  push(data: Buffer): void {
    let bytes = data;
    if (this.#rest) bytes = Buffer.concat([this.#rest, data]);
    this.#rest = undefined;
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUInt32BE(at);
      if (length < fixedBytes || length > fixedBytes + maxPayload) throw new FrameError(`a frame of ${length} bytes`);
      const end = at + 4 + length;
      if (end > bytes.length) break;
      this.#frame(bytes[at + 4]!, bytes.readUInt32BE(at + 5), bytes, at + headBytes, end);
      at = end;
    }
    // A copy: the rest of a frame must not hold the memory of a whole read.
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }

  #frame(kind: number, id: number, bytes: Buffer, from: number, end: number): void {
    if (kind === frameKinds.part) {
      this.#keep(id, Buffer.from(bytes.subarray(from, end)));
      return;
    }
    if (kind < frameKinds.call || kind > frameKinds.leave) throw new FrameError(`a frame of kind ${kind}`);
    let bodyFrom = from;
    let name = '';
    if (kind === frameKinds.call) {
      bodyFrom = from + 1 + (from < end ? bytes[from]! : 0);
      if (bodyFrom > end) throw new FrameError('a call without its name');
      name = bytes.toString('latin1', from + 1, bodyFrom);
    }
    const parts = this.#parts.get(id);
    if (!parts) {
      const body = bytes.toString('utf8', bodyFrom, end);
      this.#onFrame({ kind: kind as FrameKind, id, name, body, bytes: end - bodyFrom });
      return;
    }
    this.#parts.delete(id);
    this.#partBytes -= parts.bytes;
    const whole = Buffer.concat([...parts.pieces, bytes.subarray(bodyFrom, end)]);
    this.#onFrame({ kind: kind as FrameKind, id, name, body: whole.toString(), bytes: whole.length });
  }

  #keep(id: number, piece: Buffer): void {
    const parts = this.#parts.get(id) ?? { pieces: [], bytes: 0 };
    this.#parts.set(id, parts);
    parts.pieces.push(piece);
    parts.bytes += piece.length;
    this.#partBytes += piece.length;
    if (this.#partBytes > maxPartBytes) throw new FrameError(`more than ${maxPartBytes} bytes of parts`);
  }
}
