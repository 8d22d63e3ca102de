import type { ReceiptEvent, ReceiptRecord } from '../../common/protocol/bus-records.ts';
import { dayOf } from './days.ts';
import { withImplied } from './implied-events.ts';
import { inKeyOrder } from './order.ts';

/** One event of one task on one device, counted once for good. */
export interface EventKey {
  app: string;
  task: string;
  cid: string;
  event: ReceiptEvent;
  /** The earliest time that a receipt gives for it. */
  at: number;
}

export interface SeenTask {
  app: string;
  task: string;
  /** The earliest time of any of its events: of `target`, unless its receipt is still to come. */
  at: number;
  group: string | null;
}

/** The latest login of a device on one UTC day. */
export interface LatestLogin {
  app: string;
  cid: string;
  at: number;
}

/** What a number of receipts comes to: each thing once, sorted by its key, so that everyone locks rows in one order. */
export interface MergedReceipts {
  events: EventKey[];
  tasks: SeenTask[];
  logins: LatestLogin[];
  /** Tasks whose targets are all devices of the app. */
  broadcasts: Pick<SeenTask, 'app' | 'task'>[];
}

export function mergeReceipts(receipts: readonly ReceiptRecord[]): MergedReceipts {
  const events = new Map<string, EventKey>();
  const tasks = new Map<string, SeenTask>();
  const logins = new Map<string, LatestLogin>();
  const broadcasts = new Map<string, Pick<SeenTask, 'app' | 'task'>>();
  for (const receipt of receipts) {
    if (receipt.kind === 'login') {
      for (const { cid, at } of receipt.logins) {
        const key = `${receipt.app}\n${cid}\n${dayOf(at)}`;
        const known = logins.get(key);
        if (!known || known.at < at) logins.set(key, { app: receipt.app, cid, at });
      }
      continue;
    }
    const { app, task, at } = receipt;
    const taskKey = `${app}\n${task}`;
    const seen = tasks.get(taskKey);
    tasks.set(taskKey, { app, task, at: Math.min(at, seen?.at ?? at), group: seen?.group ?? receipt.group ?? null });
    if (receipt.kind === 'broadcast') {
      broadcasts.set(taskKey, { app, task });
      continue;
    }
    for (const event of withImplied(receipt.event, task)) {
      for (const cid of receipt.cids) {
        const key = eventKey({ app, task, cid, event });
        const known = events.get(key);
        if (!known) events.set(key, { app, task, cid, event, at });
        else if (at < known.at) known.at = at;
      }
    }
  }
  return {
    ...{ events: inKeyOrder(events), tasks: inKeyOrder(tasks), logins: inKeyOrder(logins) },
    broadcasts: inKeyOrder(broadcasts),
  };
}

export function eventKey({ app, task, cid, event }: Omit<EventKey, 'at'>): string {
  return `${app}\n${task}\n${cid}\n${event}`;
}

/** How many rows a receipt may touch. */
export function rowsOf(receipt: ReceiptRecord): number {
  if (receipt.kind === 'broadcast') return 1;
  return receipt.kind === 'login'
    ? receipt.logins.length
    : receipt.cids.length * withImplied(receipt.event, receipt.task).length;
}
