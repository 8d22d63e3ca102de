import type { ClientFrames } from '../common/protocol/device-frames.ts';
import type { Receipt, ReceiptWriter } from '../common/receipts.ts';
import type { Who } from './core/phase.ts';

/** What happens on the devices of this node, told for the statistics. What the bus can't take in time is dropped, and counted. */
export class DeviceReceipts {
  #receipts: Pick<ReceiptWriter, 'write'>;
  #reports: Pick<ReceiptWriter, 'write'>;
  #now: () => number;
  #onDropped: () => void;

  /**
   * @param receipts for what can be told again: of what was sent or has arrived, and of logins.
   * @param reports for what devices report, which they do once: written without delay.
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

  /** These tasks happened to one device. */
  happened(event: 'sent' | 'arrived', { app, cid }: Who, tasks: string[]): void {
    const at = this.#now();
    for (const task of tasks) this.#write(this.#receipts, { kind: 'event', app, task, event, at, cid });
  }

  /** One task was written to these devices. */
  sentToAll(app: string, task: string, cids: string[]): void {
    const at = this.#now();
    for (const cid of cids) this.#write(this.#receipts, { kind: 'event', app, task, event: 'sent', at, cid });
  }

  reported({ app, cid }: Who, { task, action, at }: ClientFrames['event']): void {
    this.#write(this.#reports, { kind: 'event', app, task, event: action, at: at ?? this.#now(), cid });
  }

  #write(writer: Pick<ReceiptWriter, 'write'>, receipt: Receipt): void {
    writer.write(receipt).catch(this.#onDropped);
  }
}
