import { Compile } from 'typebox/compile';
import type { BusRecord } from '../../common/bus/bus.ts';
import { ReceiptRecord } from '../../common/protocol/bus-records.ts';
import { rowsOf } from './merge-receipts.ts';

/** A record of the receipts topic; without a receipt if it can't be read as one. */
export interface ReadRecord {
  offset: number;
  receipt: ReceiptRecord | undefined;
}

const schema = Compile(ReceiptRecord);

/** Never throws: a record that nobody can read must not stop those behind it. */
export function readReceipt({ offset, value }: Pick<BusRecord, 'offset' | 'value'>): ReadRecord {
  try {
    const parsed: unknown = JSON.parse(value);
    return { offset, receipt: schema.Check(parsed) ? parsed : undefined };
  } catch {
    return { offset, receipt: undefined };
  }
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
