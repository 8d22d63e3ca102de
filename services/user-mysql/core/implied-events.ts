import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { isBroadcast } from '../../common/protocol/task-ids.ts';

const untilSent: ReceiptEvent[] = ['target', 'sent'];

/**
 * An event with those that must have come before it, earliest first: their own receipts may be late, or lost with the
 * process that had gathered them. `dismissed` and custom events need no more than the message's arrival. The targets of a
 * broadcast are counted together, so `target` is not implied for one.
 */
export function withImplied(event: ReceiptEvent, task: string): ReceiptEvent[] {
  const implied = impliedBy(event);
  return isBroadcast(task) ? implied.filter((one) => one !== 'target') : implied;
}

function impliedBy(event: ReceiptEvent): ReceiptEvent[] {
  switch (event) {
    case 'target':
      return ['target'];
    case 'sent':
      return untilSent;
    case 'arrived':
      return [...untilSent, 'arrived'];
    default:
      return [...untilSent, 'arrived', event];
  }
}
