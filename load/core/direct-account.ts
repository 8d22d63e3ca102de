import { byKind, type Kind } from './mix.ts';

/** What became of the messages of one kind. Each device that a message is for counts once. */
export interface MessageCounts {
  /** Accepted by the API: this many should arrive. */
  expected: number;
  /** First arrivals, also of messages that got no clear answer. */
  arrived: number;
  /** Settled, and not arrived. */
  lost: number;
}

/** Faults that the account sees in what arrives. */
export interface ArrivalFaults {
  /** The app of a device would have seen it again. */
  duplicates: number;
  /** Arrived after one that was pushed to the same device later. */
  outOfOrder: number;
  /** Arrived at a device that it was not for. */
  strays: number;
}

export const noMessages = (): Record<Kind, MessageCounts> => byKind(() => ({ expected: 0, arrived: 0, lost: 0 }));

/** `pending`: no answer yet. `unclear`: there was none to the last try, so it may arrive or not. */
type Outcome = 'pending' | 'accepted' | 'unclear';

interface Entry {
  kind: Kind;
  sentUs: number;
  /** Of the answer. */
  answeredUs: number | undefined;
  outcome: Outcome;
  /** Devices that lack it. */
  waiting: number[];
  /** Devices that it is for. */
  targets: number;
}

/**
 * The messages of one worker to single devices of its own, until each has arrived or is settled. What has arrived is
 * forgotten; a number that is not known any more and comes again is a duplicate. So the memory is bounded by `maxMessages`,
 * some hundred bytes each.
 */
export class DirectAccount {
  readonly counts = noMessages();
  readonly faults: ArrivalFaults = { duplicates: 0, outOfOrder: 0, strays: 0 };
  #entries = new Map<number, Entry>();
  #next = 0;
  #outstanding = 0;
  #maxMessages: number;
  /** Of each device: when the latest of the messages that arrived was sent. */
  #latestSentUs: Float64Array;

  constructor(devices: number, maxMessages: number) {
    this.#latestSentUs = new Float64Array(devices);
    this.#maxMessages = maxMessages;
  }

  /** Accepted, and not arrived yet. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Whether so many more messages may be pushed. */
  hasRoom(messages: number): boolean {
    return this.#entries.size + messages <= this.#maxMessages;
  }

  /** A message that is about to be pushed. @returns its number */
  begin(kind: Kind, devices: number[]): number {
    const entry: Entry = {
      kind,
      sentUs: 0,
      answeredUs: undefined,
      outcome: 'pending',
      waiting: [...devices],
      targets: devices.length,
    };
    this.#entries.set(this.#next, entry);
    return this.#next++;
  }

  /** When its first request leaves. */
  sent(number: number, nowUs: number): void {
    const entry = this.#entries.get(number);
    if (entry) entry.sentUs = nowUs;
  }

  /** @param without devices that won't get it, as the answer says. */
  accepted(number: number, nowUs: number, without: number[] = []): void {
    const entry = this.#entries.get(number);
    if (!entry) return;
    entry.waiting = entry.waiting.filter((device) => !without.includes(device));
    entry.outcome = 'accepted';
    entry.answeredUs = nowUs;
    this.counts[entry.kind].expected += entry.targets - without.length;
    this.#outstanding += entry.waiting.length;
    this.#forgetIfDone(number, entry);
  }

  /** The API said no: nobody gets it. */
  refused(number: number): void {
    this.#entries.delete(number);
  }

  unclear(number: number): void {
    const entry = this.#entries.get(number);
    if (!entry) return;
    entry.outcome = 'unclear';
    this.#forgetIfDone(number, entry);
  }

  /** @returns whether it is this device's first of this number */
  arrived(number: number, device: number): boolean {
    const entry = this.#entries.get(number);
    const at = entry?.waiting.indexOf(device) ?? -1;
    if (!entry || at < 0) {
      this.faults.duplicates++;
      return false;
    }
    entry.waiting.splice(at, 1);
    if (entry.outcome === 'accepted') this.#outstanding--;
    this.counts[entry.kind].arrived++;
    // Two that were under way at once have no order.
    if (entry.answeredUs !== undefined && this.#latestSentUs[device]! > entry.answeredUs) this.faults.outOfOrder++;
    this.#latestSentUs[device] = Math.max(this.#latestSentUs[device]!, entry.sentUs);
    this.#forgetIfDone(number, entry);
    return true;
  }

  /** The end: what was accepted and is not here is lost. */
  settle(): void {
    for (const { kind, outcome, waiting } of this.#entries.values()) {
      if (outcome === 'accepted') this.counts[kind].lost += waiting.length;
    }
    this.#entries.clear();
    this.#outstanding = 0;
  }

  #forgetIfDone(number: number, entry: Entry): void {
    if (entry.waiting.length === 0 && entry.outcome !== 'pending') this.#entries.delete(number);
  }
}
