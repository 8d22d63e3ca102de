import type { Socket } from 'node:net';
import type { CloseCode } from '../../common/protocol/device-frames.ts';
import { FrameReader, type FrameSink } from '../core/frame-reader.ts';
import { closeFrame, pongFrame, textFrame } from '../core/frame-writer.ts';
import type { Gateway, Link } from '../gateway.ts';
import type { Wire } from '../ports.ts';

/** How long a peer may take to answer a close before it is cut off. */
export const closeGraceMs = 2_000;

/** RFC 6455, 7.4.1: a close frame without a code, and an end without a close frame. */
const [noCode, noClose] = [1005, 1006];

/** What all sockets of a server share. */
export interface SocketOwner {
  gateway: Gateway;
  /** Of one message of a device. */
  maxFrameBytes: number;
  /** At rest; goes on for a socket whose chunk begins and ends with a message, as nearly all do. */
  spare: FrameReader;
  onFault: (link: Link, fault: string) => void;
}

/**
 * A device's WebSocket after its upgrade: frames in both directions, and how it ends. There are a million of these: what an idle one
 * needs is this object and its socket.
 */
export class DeviceSocket implements Wire, FrameSink {
  readonly address: string;
  #owner: SocketOwner;
  #stream: Socket;
  #link: Link;
  /** Of a message that has come in part. */
  #reader: FrameReader | undefined;
  #open = true;
  /** Nothing that comes is read any more. */
  #deaf = false;
  /** As the device said it. */
  #closeCode = noClose;
  #cutOff: NodeJS.Timeout | undefined;

  /** @param stream what carries it, from now on its alone. @param head of what it has received already. */
  constructor(owner: SocketOwner, stream: Socket, head: Buffer, address: string) {
    this.address = address;
    this.#owner = owner;
    this.#stream = stream;
    this.#link = owner.gateway.open(this);
    (stream as DeviceStream).device = this;
    stream.setTimeout(0);
    stream.setNoDelay(true);
    if (head.length > 0) stream.unshift(head);
    stream.on('close', onClose).on('end', onEnd).on('error', onError).on('data', onData);
  }

  get open(): boolean {
    return this.#open && this.#stream.writable;
  }

  send(text: string, flushed?: () => void): void {
    this.sendFrame(textFrame(text), flushed);
  }

  sendFrame(frame: Buffer, flushed?: () => void): void {
    if (this.open) this.#stream.write(frame, flushed);
  }

  pong(payload: Buffer, flushed?: () => void): void {
    this.sendFrame(pongFrame(payload), flushed);
  }

  close(code: CloseCode, reason: string): void {
    this.#close(closeFrame(code, reason));
  }

  terminate(): void {
    this.#stream.destroy();
  }

  buffered(): number {
    return this.#stream.writableLength;
  }

  charged(frames: number): void {
    this.#owner.gateway.charge(this.#link, frames);
  }

  text(text: string): void {
    this.#owner.gateway.text(this.#link, text);
  }

  binary(): void {
    this.#owner.gateway.binary(this.#link);
  }

  pinged(payload: Buffer): void {
    this.#owner.gateway.pinged(this.#link, payload);
  }

  ponged(): void {
    this.#owner.gateway.heard(this.#link);
  }

  leaving(code: number | undefined): void {
    this.#closeCode = code ?? noCode;
    this.#deaf = true;
    this.#close(closeFrame(code));
    this.#stream.end();
  }

  broken(code: number, fault: string): void {
    this.#deaf = true;
    this.#owner.onFault(this.#link, fault);
    this.#close(closeFrame(code, fault));
  }

  /** Takes what has come. What comes after the end of frames is read and dropped: the peer's own end stands behind it. */
  received(chunk: Buffer): void {
    if (this.#deaf) return;
    const owner = this.#owner;
    const reader = this.#reader ?? owner.spare;
    reader.read(chunk, this);
    if (reader === owner.spare && !reader.atRest) owner.spare = new FrameReader(owner.maxFrameBytes);
    this.#reader = reader.atRest || this.#deaf ? undefined : reader;
  }

  /** The peer sends nothing more. */
  ended(): void {
    this.#open = false;
    this.#stream.end();
    this.#cutOffLater();
  }

  failed(error: Error): void {
    this.#open = false;
    this.#owner.onFault(this.#link, error.message);
  }

  closed(): void {
    this.#open = false;
    clearTimeout(this.#cutOff);
    this.#owner.gateway.closed(this.#link, this.#closeCode);
  }

  #close(frame: Buffer): void {
    this.sendFrame(frame);
    this.#open = false;
    this.#cutOffLater();
  }

  #cutOffLater(): void {
    this.#cutOff ??= setTimeout(() => this.#stream.destroy(), closeGraceMs);
  }
}

/** What carries a device's socket. */
interface DeviceStream extends Socket {
  device: DeviceSocket;
}

// One function each for all sockets: closures of each would be a tenth of what an idle connection takes.
function onData(this: Socket, chunk: Buffer): void {
  (this as DeviceStream).device.received(chunk);
}
function onEnd(this: Socket): void {
  (this as DeviceStream).device.ended();
}
function onError(this: Socket, error: Error): void {
  (this as DeviceStream).device.failed(error);
}
function onClose(this: Socket): void {
  (this as DeviceStream).device.closed();
}
