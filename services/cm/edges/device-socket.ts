import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { type CloseCode, closeCodes } from '../../common/protocol/device-frames.ts';
import type { FrameMeter } from '../core/frame-meter.ts';
import { textFrame } from '../core/text-frame.ts';
import type { Link } from '../gateway.ts';
import type { Wire } from '../ports.ts';

/** How long a peer may take to answer a close before it is cut off. */
export const closeGraceMs = 2_000;

/** A device's socket: `ws` with the protocol's close codes in place of the library's own. */
export class DeviceSocket extends WebSocket {
  /** Set once, before the first event. */
  link!: Link;
  /** Of a frame that has come in part. */
  meter: FrameMeter | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    super.close(ownCode(code), reason);
  }
}

function ownCode(code: number | undefined): number | undefined {
  if (code === 1009) return closeCodes.tooLarge;
  if (code === 1007) return closeCodes.malformed;
  if (code === 1008) return closeCodes.tooFast;
  return code;
}

export class SocketWire implements Wire {
  readonly address: string;
  #socket: DeviceSocket;
  #stream: Duplex;

  /** @param stream what carries the socket: `ws` writes each frame to it whole and at once, as nothing is compressed. */
  constructor(socket: DeviceSocket, stream: Duplex, address: string) {
    this.address = address;
    this.#socket = socket;
    this.#stream = stream;
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && this.#stream.writable;
  }

  send(text: string, flushed?: () => void): void {
    if (!this.open) return;
    this.#stream.write(textFrame(text), flushed);
  }

  sendFrame(frame: Buffer, flushed?: () => void): void {
    if (!this.open) return;
    this.#stream.write(frame, flushed);
  }

  pong(payload: Buffer, flushed?: () => void): void {
    if (!this.open) return;
    this.#socket.pong(payload, false, flushed === undefined ? undefined : () => flushed());
  }

  close(code: CloseCode, reason: string): void {
    this.#socket.close(code, reason.slice(0, 100));
  }

  terminate(): void {
    this.#socket.terminate();
  }

  buffered(): number {
    return this.#stream.writableLength;
  }
}
