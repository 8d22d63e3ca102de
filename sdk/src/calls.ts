import { DeviceError } from './errors.ts';
import type { AliasFrame, ChannelFrame, ErrorFrame, OkFrame, TagsFrame } from './frames.ts';
import type { Waits } from './waits.ts';

type WithoutRid<Frame> = Frame extends { rid: unknown } ? Omit<Frame, 'rid'> : never;
export type CallFrame = AliasFrame | TagsFrame | ChannelFrame;

export interface CallsPorts {
  /** `maxCalls`: under way at once; a further one fails. */
  tuning: { callTimeoutMs: number; maxCalls: number };
  waits: Waits;
  send: (frame: CallFrame) => boolean;
}

/** Frames that the server answers, matched by their `rid`. All of them may be repeated without harm. */
export class Calls {
  #ports: CallsPorts;
  /** What ends each call under way: without a fault it has succeeded. */
  #ends = new Map<string, (fault?: DeviceError) => void>();
  #count = 0;

  constructor(ports: CallsPorts) {
    this.#ports = ports;
  }

  /** @throws DeviceError `offline`, `timeout` or `call_refused` */
  async call(frame: WithoutRid<CallFrame>): Promise<void> {
    const { send, tuning, waits } = this.#ports;
    const rid = String(++this.#count);
    if (this.#ends.size >= tuning.maxCalls)
      throw new DeviceError('call_refused', `${tuning.maxCalls} calls are under way already`);
    if (!send({ ...frame, rid })) throw new DeviceError('offline', 'not connected');
    const answer = new Promise<void>((resolve, reject) => {
      this.#ends.set(rid, (fault) => (fault ? reject(fault) : resolve()));
    });
    try {
      await waits.within(tuning.callTimeoutMs, `the answer to ${frame.t}`, () => answer);
    } finally {
      this.#ends.delete(rid);
    }
  }

  answer(frame: OkFrame | ErrorFrame): void {
    const fault = frame.t === 'error' ? new DeviceError('call_refused', `${frame.code}: ${frame.message}`) : undefined;
    this.#ends.get(String(frame.rid))?.(fault);
  }

  /** The connection is gone, and with it the answers. */
  fail(): void {
    for (const end of this.#ends.values()) end(new DeviceError('offline', 'the connection was lost'));
  }
}
