import type { ClientFrames } from '../../common/protocol/device-frames.ts';

/** Frames that are answered by their `rid` once something has been done. */
export type CallFrame = ClientFrames['alias'] | ClientFrames['tags'] | ClientFrames['channel'];

/** Calls of one connection that have no answer yet; one more is refused. */
export const maxCalls = 32;

/** The calls of one connection, one under way at a time: what a device says last must be what holds. */
export class CallQueue {
  #waiting: CallFrame[] = [];

  /** Takes a call in. Answers it if it is to begin now, null if it has to wait, undefined if there are too many. */
  add(frame: CallFrame): CallFrame | null | undefined {
    if (this.#waiting.length >= maxCalls) return undefined;
    this.#waiting.push(frame);
    return this.#waiting.length === 1 ? frame : null;
  }

  /** The call under way has ended: answers the one to begin now, if any. */
  next(): CallFrame | undefined {
    this.#waiting.shift();
    return this.#waiting[0];
  }
}
