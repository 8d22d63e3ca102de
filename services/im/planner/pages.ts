import type { NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';

/** A page of a task's targets as route records: at most one a partition, with the same ids whenever it is made. */
export function routeRecordsOf(task: TaskRecord, page: number, cids: string[], partitions: number): NewRecord[] {
  const perPartition = new Map<number, string[]>();
  for (const cid of cids) {
    const partition = partitionOf(cid, partitions);
    const known = perPartition.get(partition);
    if (known) known.push(cid);
    else perPartition.set(partition, [cid]);
  }
  return [...perPartition].map(([partition, targets]) => {
    const { audience: _, ...message } = task;
    const record: RouteRecord = { id: `${task.task}/${page}/${partition}`, ...message, cids: targets };
    return { partition, key: targets[0]!, value: JSON.stringify(record) };
  });
}
