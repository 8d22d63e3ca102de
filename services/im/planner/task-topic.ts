import type { NewRecord } from '../../common/bus/bus.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import { taskPartitions } from '../../common/protocol/topics.ts';

/** A task's record (JSON text) where planners look for it. */
export function onTaskTopic(task: string, record: string): NewRecord {
  return { partition: partitionOf(task, taskPartitions), key: task, value: record };
}
