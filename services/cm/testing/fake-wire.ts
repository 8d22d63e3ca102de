import type { CloseCode, ServerFrame } from '../../common/protocol/device-frames.ts';
import type { Wire } from '../ports.ts';

/** A device's socket in memory: keeps what it was sent, and says it is closed when the test lets it. */
export class FakeWire implements Wire {
  readonly sent: string[] = [];
  /** WebSocket pings. */
  pings = 0;
  /** Writes of whole frames, pings apart. */
  frameWrites = 0;
  /** Payloads of WebSocket pongs. */
  readonly pongs: string[] = [];
  readonly closes: { code: CloseCode; reason: string }[] = [];
  open = true;
  address = '192.0.2.1';
  terminated = false;
  bufferedBytes = 0;
  /** What to do when the gateway closes it or cuts it off: by default nothing, as with a peer that does not answer. */
  onClose: (code: number) => void = () => {};
  #flushed: (() => void)[] = [];

  send(text: string, flushed?: () => void): void {
    if (!this.open) return;
    this.sent.push(text);
    if (flushed) this.#flushed.push(flushed);
  }

  sendFrame(frame: Buffer, flushed?: () => void): void {
    if (frame[0] === 0x89) {
      if (this.open) this.pings++;
      return;
    }
    if (!this.open) return;
    for (let at = 0; at < frame.length; ) {
      // Frames of tests are short: a header of two bytes, or four.
      const short = frame[at + 1]! < 126;
      const from = at + (short ? 2 : 4);
      at = from + (short ? frame[at + 1]! : frame.readUInt16BE(at + 2));
      this.sent.push(frame.toString('utf8', from, at));
    }
    this.frameWrites++;
    if (flushed) this.#flushed.push(flushed);
  }

  pong(payload: Buffer, flushed?: () => void): void {
    if (!this.open) return;
    this.pongs.push(payload.toString());
    if (flushed) this.#flushed.push(flushed);
  }

  close(code: CloseCode, reason: string): void {
    this.closes.push({ code, reason });
    this.open = false;
    this.onClose(code);
  }

  terminate(): void {
    this.terminated = true;
    this.open = false;
    this.onClose(1006);
  }

  buffered(): number {
    return this.bufferedBytes;
  }

  /** The socket drained. */
  flush(): void {
    this.bufferedBytes = 0;
    for (const flushed of this.#flushed.splice(0)) flushed();
  }

  /** Frames of one kind. */
  frames<Kind extends ServerFrame['t']>(kind: Kind): Extract<ServerFrame, { t: Kind }>[] {
    const all = this.sent.map((text) => JSON.parse(text) as ServerFrame);
    return all.filter((frame): frame is Extract<ServerFrame, { t: Kind }> => frame.t === kind);
  }

  /** Positions of the pushes that it was sent, in order. */
  seqs(): (number | undefined)[] {
    return this.frames('push').map(({ seq }) => seq);
  }
}
