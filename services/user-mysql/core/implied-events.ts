import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';

const untilSent: ReceiptEvent[] = ['target', 'sent'];

/**
 * An event with those that must have come before it, earliest first: their own receipts may be late, or lost with the
 * process that had gathered them. `dismissed` and custom events need no more than the message's arrival.
 */
export function withImplied(event: ReceiptEvent): ReceiptEvent[] {
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
