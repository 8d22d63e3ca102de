import type { EachBatchPayload } from 'kafkajs';
import type { BusRecord } from '../bus.ts';

export function toRecords(batch: EachBatchPayload['batch']): BusRecord[] {
  return batch.messages.map(({ offset, key, value, timestamp }) => ({
    offset: Number(offset),
    key: key?.toString() ?? '',
    value: value?.toString() ?? '',
    timeMs: Number(timestamp),
  }));
}

/** What the fetch asked for; the first record may come later, where the log begins later now. */
export function fetchedFrom(batch: EachBatchPayload['batch']): number {
  const { fetchedOffset } = batch as { fetchedOffset?: string };
  return Number(fetchedOffset ?? batch.firstOffset());
}
