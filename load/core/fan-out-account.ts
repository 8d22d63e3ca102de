import { type ArrivalFaults, noMessages } from './direct-account.ts';
import type { Kind } from './mix.ts';

/** A push to a tag or to all: its sender's worker, and its number there. */
export interface FanOut {
  sender: number;
  number: number;
  kind: Kind;
  /** The tag, from 0. */
  group: number;
}

/** `refused` and `unclear` ones are not waited for. */
export type FanOutOutcome = 'accepted' | 'refused' | 'unclear';

interface Record {
  push: FanOut;
  beganUs: number;
  outcome: FanOutOutcome | undefined;
  /** A bit for each device. */
  got: Uint8Array;
  count: number;
}

/** Records that are kept at once; each has a bit for every device. */
export const maxFanOuts = 8_192;

/**
 * The pushes to tags and to all of every worker, as the devices of one worker get them. A record is kept for `keepUs`, in
 * which a copy is known as one; then it is settled. At `maxFanOuts` no more are pushed.
 */
export class FanOutAccount {
  readonly counts = noMessages();
  readonly faults: ArrivalFaults = { duplicates: 0, outOfOrder: 0, strays: 0 };
  #groupOf: (device: number) => number | undefined;
  #devices: number;
  #sizes = new Map<number, number>();
  #everybody = 0;
  #keepUs: number;
  #records = new Map<string, Record>();
  /** Of each sender: the highest number that was settled. */
  #settled = new Map<number, number>();
  #outstanding = 0;

  /** @param groupOf the tag of a device, undefined for one that takes no part. @param keepUs longer than the ttl. */
  constructor(devices: number, groupOf: (device: number) => number | undefined, keepUs: number) {
    this.#devices = devices;
    this.#groupOf = groupOf;
    this.#keepUs = keepUs;
    for (let device = 0; device < devices; device++) {
      const group = groupOf(device);
      if (group === undefined) continue;
      this.#everybody++;
      this.#sizes.set(group, (this.#sizes.get(group) ?? 0) + 1);
    }
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  get hasRoom(): boolean {
    return this.#records.size < maxFanOuts;
  }

  /** What the API answered, told by the sender. It may come after the first arrivals. */
  answered(push: FanOut, outcome: FanOutOutcome, nowUs: number): void {
    const record = this.#recordOf(push, nowUs);
    if (!record || record.outcome !== undefined) return;
    record.outcome = outcome;
    if (outcome !== 'accepted') return;
    const expected = this.#sizeOf(push);
    this.counts[push.kind].expected += expected;
    this.#outstanding += expected - record.count;
  }

  /** @returns whether it is this device's first of this push */
  arrived(push: FanOut, device: number, nowUs: number): boolean {
    const record = this.#recordOf(push, nowUs);
    const group = this.#groupOf(device);
    if (group === undefined || (push.kind === 'tag' && group !== push.group)) {
      this.faults.strays++;
      return false;
    }
    const [byte, bit] = [device >> 3, 1 << (device & 7)];
    if (!record || (record.got[byte]! & bit) !== 0) {
      this.faults.duplicates++;
      return false;
    }
    record.got[byte]! |= bit;
    record.count++;
    this.counts[push.kind].arrived++;
    if (record.outcome === 'accepted') this.#outstanding--;
    return true;
  }

  /** Settles what is older than it may be. */
  settleOld(nowUs: number): void {
    for (const [key, record] of this.#records) {
      // In the order in which they began.
      if (nowUs - record.beganUs < this.#keepUs) break;
      this.#settle(key, record);
    }
  }

  /** The end: what was accepted and is not here is lost. */
  settle(): void {
    for (const [key, record] of this.#records) this.#settle(key, record);
  }

  #settle(key: string, { push, outcome, count }: Record): void {
    this.#records.delete(key);
    this.#settled.set(push.sender, Math.max(push.number, this.#settled.get(push.sender) ?? -1));
    if (outcome !== 'accepted') return;
    const missing = this.#sizeOf(push) - count;
    this.counts[push.kind].lost += missing;
    this.#outstanding -= missing;
  }

  #sizeOf({ kind, group }: FanOut): number {
    return kind === 'all' ? this.#everybody : (this.#sizes.get(group) ?? 0);
  }

  /** Undefined for one that was settled. */
  #recordOf(push: FanOut, nowUs: number): Record | undefined {
    const key = `${push.sender}.${push.number}`;
    const known = this.#records.get(key);
    if (known || push.number <= (this.#settled.get(push.sender) ?? -1)) return known;
    const got = new Uint8Array(Math.ceil(this.#devices / 8));
    const record: Record = { push, beganUs: nowUs, outcome: undefined, got, count: 0 };
    this.#records.set(key, record);
    return record;
  }
}
