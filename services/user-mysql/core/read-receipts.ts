import type { BusRecord } from '../../common/bus/bus.ts';
import { recordReader } from '../../common/bus/record-reader.ts';
import { ReceiptRecord } from '../../common/protocol/bus-records.ts';
import { rowsOf } from './merge-receipts.ts';

/** A record of the receipts topic; without a receipt if it can't be read as one. */
export interface ReadRecord {
  offset: number;
  receipt: ReceiptRecord | undefined;
}

const read = recordReader(ReceiptRecord);

export function readReceipt({ offset, value }: Pick<BusRecord, 'offset' | 'value'>): ReadRecord {
  return { offset, receipt: read(value) };
}

/** Cuts records into runs of at most `maxRows` rows each; a single record that has more is a run of its own. */
export function runsOf(records: readonly ReadRecord[], maxRows: number): ReadRecord[][] {
  const runs: ReadRecord[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const own = record.receipt ? rowsOf(record.receipt) : 0;
    if (rows + own > maxRows) {
      runs.push([]);
      rows = 0;
    }
    runs.at(-1)!.push(record);
    rows += own;
  }
  return runs;
}
