import type { ChannelKind } from '../../common/protocol/channel-calls.ts';
import type { ChannelMessage } from '../../common/protocol/channel-records.ts';
import type { Receipt } from '../../common/receipts.ts';
import type { ChannelOutcome } from '../metrics.ts';

export interface Ended {
  message: ChannelMessage;
  cid: string;
  kind: ChannelKind;
  outcome: ChannelOutcome;
  reason?: string | undefined;
}

/** Outcomes that reports tell of; the others are of messages that were of no use to send any more. */
const reported: ReadonlySet<ChannelOutcome> = new Set(['sent', 'gone', 'refused', 'denied', 'gave_up', 'full']);
/** Reasons of one kind that are told apart in this process; further ones are `other`. */
const maxReasons = 100;

/** Writes what came of messages by channels as receipts, for reports. */
export class ChannelResults {
  #keep: (receipts: Extract<Receipt, { kind: 'channel' }>[]) => Promise<void>;
  #now: () => number;
  #reasons = new Map<ChannelKind, Set<string>>();

  /** @param keep takes them to the bus; what it can't keep it counts. Never rejects. */
  constructor(keep: (receipts: Extract<Receipt, { kind: 'channel' }>[]) => Promise<void>, now: () => number) {
    this.#keep = keep;
    this.#now = now;
  }

  note({ message: { app, task }, cid, kind, outcome, reason }: Ended): void {
    if (!reported.has(outcome)) return;
    const known = reason === undefined ? undefined : this.#known(kind, reason);
    const result = known === undefined ? outcome : `${outcome}:${known}`;
    void this.#keep([{ kind: 'channel', app, task, channel: kind, result, at: this.#now(), cids: [cid] }]);
  }

  #known(kind: ChannelKind, reason: string): string {
    const known = this.#reasons.get(kind) ?? new Set();
    this.#reasons.set(kind, known);
    if (known.has(reason)) return reason;
    if (known.size >= maxReasons) return 'other';
    known.add(reason);
    return reason;
  }
}
