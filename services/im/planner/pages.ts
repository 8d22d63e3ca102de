import { createHash } from 'node:crypto';
import type { NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';

/** Records of a page that are written together. */
export interface Part {
  records: NewRecord[];
  devices: number;
}

/** Devices of one record at the most. */
const maxTargets = 1_000;

/** Names a list by the devices in it, in whatever order: tells apart the lists of one task. */
export function listName(cids: string[]): string {
  return createHash('sha256').update(cids.toSorted().join('\n')).digest('hex').slice(0, 16);
}

/**
 * A page of a task's targets as route records: at most one a partition (one per 1,000 devices, where it has more), with the
 * same ids whenever it is made of the same targets.
 *
 * @param page names the page within its task.
 */
export function routeRecordsOf(
  message: Omit<RouteRecord, 'id' | 'cids'>,
  page: number | string,
  cids: string[],
  partitions: number,
): NewRecord[] {
  return partsOf(message, page, cids, partitions, 1).flatMap(({ records }) => records);
}

/** The same records, gathered in parts of at least this many devices each but for the last. */
export function partsOf(
  message: Omit<RouteRecord, 'id' | 'cids'>,
  page: number | string,
  cids: string[],
  partitions: number,
  minDevices: number,
): Part[] {
  const parts: Part[] = [];
  for (const [partition, all] of Map.groupBy(cids, (cid) => partitionOf(cid, partitions))) {
    for (let from = 0; from < all.length; from += maxTargets) {
      const targets = all.slice(from, from + maxTargets);
      const id = `${message.task}/${page}/${partition}${from === 0 ? '' : `/${from}`}`;
      const record: RouteRecord = { id, ...message, cids: targets };
      let part = parts.at(-1);
      if (!part || part.devices >= minDevices) {
        part = { records: [], devices: 0 };
        parts.push(part);
      }
      part.records.push({ partition, key: targets[0]!, value: JSON.stringify(record) });
      part.devices += targets.length;
    }
  }
  return parts;
}
