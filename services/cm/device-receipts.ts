import type { ClientFrames } from '../common/protocol/device-frames.ts';
import type { Receipt, ReceiptWriter } from '../common/receipts.ts';
import type { Who } from './core/phase.ts';

/** Sends that wait to see whether they arrive, at the most; further ones are told of at once. */
const maxHeld = 100_000;

/**
 * What happens on the devices of this node, told for the statistics. What the bus can't take in time is dropped, and counted. That a message
 * was sent is told only where its arrival isn't within a second or two, as that says as much.
 */
export class DeviceReceipts {
  #receipts: Pick<ReceiptWriter, 'write'>;
  #reports: Pick<ReceiptWriter, 'write'>;
  #now: () => number;
  #onDropped: () => void;
  /** Sends since the last turn, and those of the turn before. */
  #sent = new Map<string, Receipt>();
  #sentBefore = new Map<string, Receipt>();

  /**
   * @param receipts for what can be told again: of what has arrived, and of logins.
   * @param reports for what devices report, which they do once, and for what has waited: written without delay.
   */
  constructor(
    receipts: Pick<ReceiptWriter, 'write'>,
    reports: Pick<ReceiptWriter, 'write'>,
    now: () => number,
    onDropped: () => void,
  ) {
    this.#receipts = receipts;
    this.#reports = reports;
    this.#now = now;
    this.#onDropped = onDropped;
  }

  loggedIn({ app, cid }: Who): void {
    this.#write(this.#receipts, { kind: 'login', app, cid, at: this.#now() });
  }

  /** These were written to a device. */
  sent({ app, cid }: Who, tasks: string[]): void {
    for (const task of tasks) this.#hold(app, task, cid);
  }

  /** One task was written to these devices. */
  sentToAll(app: string, task: string, cids: string[]): void {
    for (const cid of cids) this.#hold(app, task, cid);
  }

  /** These have arrived at a device, which is told of elsewhere. */
  toldArrived(cid: string, tasks: string[]): void {
    for (const task of tasks) {
      const key = `${task} ${cid}`;
      if (!this.#sent.delete(key)) this.#sentBefore.delete(key);
    }
  }

  /** These have arrived at a device. */
  arrived({ app, cid }: Who, tasks: string[]): void {
    this.toldArrived(cid, tasks);
    const at = this.#now();
    for (const task of tasks) this.#write(this.#receipts, { kind: 'event', app, task, event: 'arrived', at, cid });
  }

  /** Tells of what was sent before the last turn and has not arrived; to be called once a second. */
  turn(): void {
    for (const receipt of this.#sentBefore.values()) this.#write(this.#reports, receipt);
    this.#sentBefore = this.#sent;
    this.#sent = new Map();
  }

  /** Tells of all that was sent and has not arrived. */
  flush(): void {
    this.turn();
    this.turn();
  }

  reported({ app, cid }: Who, { task, action, at }: ClientFrames['event']): void {
    this.#write(this.#reports, { kind: 'event', app, task, event: action, at: at ?? this.#now(), cid });
  }

  #hold(app: string, task: string, cid: string): void {
    const receipt: Receipt = { kind: 'event', app, task, event: 'sent', at: this.#now(), cid };
    if (this.#sent.size < maxHeld) this.#sent.set(`${task} ${cid}`, receipt);
    else this.#write(this.#reports, receipt);
  }

  #write(writer: Pick<ReceiptWriter, 'write'>, receipt: Receipt): void {
    writer.write(receipt).catch(this.#onDropped);
  }
}
