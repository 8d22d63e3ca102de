import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import type { EnqueueRequest } from '../../common/protocol/user-redis-calls.ts';
import { escapedBytes, maxCallBytes } from '../../common/rpc/contract.ts';

/** A route record and where it stands. */
export interface Located {
  record: RouteRecord;
  offset: number;
  seq: number;
  /** It only takes another message back: nobody gets it any more. */
  expired: boolean;
}

/** Devices in one enqueue call at the most, but for a record that has more. */
const maxTargets = 1_000;

/** Of what one call may have, in devices or in bytes, whichever is more. */
export function shareOf({ record }: Located): number {
  return record.cids.length / maxTargets + escapedBytes(record.body) / maxCallBytes;
}

/** What the queues are to store of it. */
export function storedOf({ record, seq, expired }: Located): EnqueueRequest['records'][number] {
  const { id, task, exp, body, cids, recalls } = record;
  const stored: EnqueueRequest['records'][number] = {
    id,
    seq,
    task,
    exp,
    stored: record.stored && !expired,
    body,
    cids,
  };
  if (record.once && !expired) stored.once = true;
  if (recalls !== undefined) stored.recalls = recalls;
  return stored;
}
