import type { Clock } from './clock.ts';
import { DeviceError } from './errors.ts';
import type { AliasFrame, ChannelFrame, ErrorFrame, OkFrame, TagsFrame } from './frames.ts';

type WithoutRid<Frame> = Frame extends { rid: unknown } ? Omit<Frame, 'rid'> : never;
export type CallFrame = AliasFrame | TagsFrame | ChannelFrame;

interface Waiting {
  end: () => void;
  resolve: () => void;
  reject: (error: DeviceError) => void;
}

export interface CallsOptions {
  clock: Clock;
  timeoutMs: number;
  /** Calls under way at once; a further one fails. */
  max: number;
  send: (frame: CallFrame) => boolean;
}

/** Frames that the server answers, matched by their `rid`. All of them may be repeated without harm. */
export class Calls {
  #options: CallsOptions;
  #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** @throws DeviceError `offline`, `timeout` or `call_refused` */
  call(frame: WithoutRid<CallFrame>): Promise<void> {
    const { clock, max, send, timeoutMs } = this.#options;
    const rid = String(++this.#count);
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= max)
        return reject(new DeviceError('call_refused', `${max} calls are under way already`));
      if (!send({ ...frame, rid })) return reject(new DeviceError('offline', 'not connected'));
      const cancel = clock.after(timeoutMs, () => {
        this.#waiting.delete(rid);
        reject(new DeviceError('timeout', `${frame.t}: no answer within ${timeoutMs} ms`));
      });
      this.#waiting.set(rid, { end: cancel, resolve, reject });
    });
  }

  answer(frame: OkFrame | ErrorFrame): void {
    const waiting = this.#take(String(frame.rid));
    if (frame.t === 'ok') waiting?.resolve();
    else waiting?.reject(new DeviceError('call_refused', `${frame.code}: ${frame.message}`));
  }

  /** The connection is gone, and with it the answers. */
  fail(): void {
    for (const rid of [...this.#waiting.keys()])
      this.#take(rid)?.reject(new DeviceError('offline', 'the connection was lost'));
  }

  #take(rid: string): Waiting | undefined {
    const waiting = this.#waiting.get(rid);
    this.#waiting.delete(rid);
    waiting?.end();
    return waiting;
  }
}
