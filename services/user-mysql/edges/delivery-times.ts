import type { ReceiptEvent } from '../../common/protocol/bus-records.ts';
import { type Step, steps } from '../core/implied-events.ts';

/** The times of a row of `delivery`, ms; null: it has not happened, or nobody told. */
export type DeliveryTimes = Record<Step, number | null> & {
  /** When it was stored in the device's queue: noted, but no step that is counted. */
  storedAt: number | null;
};

/** Columns of `delivery` as `DeliveryTimes`. */
export const timeColumns = [...steps.map((step) => `${step}_at AS ${step}`), 'stored_at AS storedAt'].join(', ');

/** In the order of a message's life. */
export function eventsOf(times: DeliveryTimes): { event: ReceiptEvent; at: number }[] {
  return steps.flatMap((event) => {
    const at = times[event];
    return at === null ? [] : [{ event, at }];
  });
}

/** As answers have it: left out where it is not known. */
export function storedAtOf(times: DeliveryTimes | undefined): { storedAt?: number } {
  const storedAt = times?.storedAt ?? null;
  return storedAt === null ? {} : { storedAt };
}
