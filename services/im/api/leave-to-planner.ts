import { createHash } from 'node:crypto';
import { partsOf } from '../../common/parts.ts';
import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { Schedule } from '../../common/protocol/schedule-calls.ts';
import { onTaskTopic } from '../planner/task-topic.ts';
import type { ApiContext } from './context.ts';
import { publishOrBusy } from './publish.ts';

export interface PlannedTask {
  record: TaskRecord;
  /** When it is due, ms; undefined: now. */
  dueAt: number | undefined;
}

/** How long the store of schedules may take for one part of them. */
const storeMs = 3_000;
/** Characters of records in one part, far below what a call and a statement may be long. */
const maxPartLength = 1_000_000;

/** Leaves a task to the planner, which finds its targets: now, or when it is due. @throws ApiFault `busy` */
export function leaveToPlanner(context: ApiContext, record: TaskRecord, dueAt?: number): Promise<void> {
  return leaveAllToPlanner(context, [{ record, dueAt }]);
}

/**
 * The same for several. Schedules are kept first, so that what fails after some were kept is made good by a repeat, which
 * keeps the same ones.
 *
 * @throws ApiFault `busy`, LongwireError retryable
 */
export async function leaveAllToPlanner({ deps }: ApiContext, tasks: PlannedTask[]): Promise<void> {
  const madeAt = deps.now();
  const later = tasks.flatMap(({ record, dueAt }) => (dueAt === undefined ? [] : scheduleOf(record, dueAt, madeAt)));
  for (const items of partsOf(later, ({ record }) => record.length, maxPartLength)) {
    await deps.userMysql.saveSchedules({ items }, { deadlineMs: storeMs });
  }
  const now = tasks.flatMap(({ record, dueAt }) =>
    dueAt === undefined ? onTaskTopic(record.task, JSON.stringify(record)) : [],
  );
  await publishOrBusy(deps, deps.topics.task, now);
}

function scheduleOf(record: TaskRecord, dueAt: number, madeAt: number): Schedule {
  const { app, task, exp, once, audience } = record;
  // Of a saved message there are as many as there are lists; of all else the task is one.
  const part = once ? createHash('sha256').update(JSON.stringify(audience)).digest('hex').slice(0, 16) : '';
  return { app, task, part, madeAt, dueAt, exp, record: JSON.stringify(record) };
}
