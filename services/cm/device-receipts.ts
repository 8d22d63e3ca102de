import { maxReceiptDevices } from '../common/protocol/bus-records.ts';
import type { ClientFrames } from '../common/protocol/device-frames.ts';
import type { Receipt, ReceiptWriter } from '../common/receipts.ts';
import type { Who } from './core/phase.ts';

/** Sends that wait to see whether they arrive, at the most; further ones are told of at once. */
const maxHeld = 100_000;

/** One task that was written to devices, those that it has not arrived at. */
interface Sent {
  app: string;
  /** When it was written to the first of them. */
  at: number;
  cids: Set<string>;
}

/**
 * What happens on the devices of this node, told for the statistics. What the bus can't take in time is dropped, and counted. That a message
 * was sent is told only where its arrival isn't within a second or two, as that says as much.
 */
export class DeviceReceipts {
  #receipts: Pick<ReceiptWriter, 'write'>;
  #reports: Pick<ReceiptWriter, 'write'>;
  #now: () => number;
  #onDropped: (devices: number) => void;
  /** Sends since the last turn, and those of the turn before, by task. */
  #sent = new Map<string, Sent>();
  #sentBefore = new Map<string, Sent>();
  /** Devices in the sends since the last turn. */
  #held = 0;

  /**
   * @param receipts for what can be told again: of what has arrived, and of logins.
   * @param reports for what devices report, which they do once, and for what has waited: written without delay.
   * @param onDropped told of how many devices something was dropped.
   */
  constructor(
    receipts: Pick<ReceiptWriter, 'write'>,
    reports: Pick<ReceiptWriter, 'write'>,
    now: () => number,
    onDropped: (devices: number) => void,
  ) {
    this.#receipts = receipts;
    this.#reports = reports;
    this.#now = now;
    this.#onDropped = onDropped;
  }

  loggedIn({ app, cid }: Who): void {
    this.#receipts.write({ kind: 'login', app, cid, at: this.#now() }).catch(() => this.#onDropped(1));
  }

  /** These were written to a device. */
  sent({ app, cid }: Who, tasks: string[]): void {
    for (const task of tasks) this.sentToAll(app, task, [cid]);
  }

  /** One task was written to these devices. */
  sentToAll(app: string, task: string, cids: string[]): void {
    const known = this.#sent.get(task);
    const sent = known ?? { app, at: this.#now(), cids: new Set() };
    const room = Math.max(0, maxHeld - this.#held);
    const before = sent.cids.size;
    for (const cid of room < cids.length ? cids.slice(0, room) : cids) sent.cids.add(cid);
    this.#held += sent.cids.size - before;
    if (!known && sent.cids.size > 0) this.#sent.set(task, sent);
    if (room < cids.length) this.#tellSent(task, { ...sent, cids: cids.slice(room) });
  }

  /** These have arrived at a device, which is told of elsewhere. */
  toldArrived(cid: string, tasks: string[]): void {
    for (const task of tasks) {
      if (forget(this.#sent, task, cid)) this.#held--;
      else forget(this.#sentBefore, task, cid);
    }
  }

  /** These have arrived at a device. */
  arrived({ app, cid }: Who, tasks: string[]): void {
    this.toldArrived(cid, tasks);
    const at = this.#now();
    for (const task of tasks) void this.#write(this.#receipts, { app, task, event: 'arrived', at, cids: [cid] });
  }

  /** Tells of what was sent before the last turn and has not arrived; to be called once a second. */
  turn(): void {
    for (const [task, sent] of this.#sentBefore) this.#tellSent(task, { ...sent, cids: [...sent.cids] });
    this.#sentBefore = this.#sent;
    this.#sent = new Map();
    this.#held = 0;
  }

  /** Tells of all that was sent and has not arrived. */
  flush(): void {
    this.turn();
    this.turn();
  }

  /** Resolves with true once the bus has it, with false where it was dropped. */
  reported({ app, cid }: Who, { task, action, at }: ClientFrames['event']): Promise<boolean> {
    return this.#write(this.#reports, { app, task, event: action, at: at ?? this.#now(), cids: [cid] });
  }

  #tellSent(task: string, { app, at, cids }: Omit<Sent, 'cids'> & { cids: string[] }): void {
    for (let from = 0; from < cids.length; from += maxReceiptDevices) {
      void this.#write(this.#reports, {
        app,
        task,
        event: 'sent',
        at,
        cids: cids.slice(from, from + maxReceiptDevices),
      });
    }
  }

  #write(
    writer: Pick<ReceiptWriter, 'write'>,
    event: Omit<Extract<Receipt, { kind: 'event' }>, 'kind'>,
  ): Promise<boolean> {
    return writer.write({ kind: 'event', ...event }).then(
      () => true,
      () => {
        this.#onDropped(event.cids.length);
        return false;
      },
    );
  }
}

/** @returns whether it was there. */
function forget(held: Map<string, Sent>, task: string, cid: string): boolean {
  const sent = held.get(task);
  if (!sent?.cids.delete(cid)) return false;
  if (sent.cids.size === 0) held.delete(task);
  return true;
}
