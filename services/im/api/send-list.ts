import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import type { CidStatus } from '../../common/protocol/rest/push.ts';
import type { SavedTask } from '../../common/protocol/saved-task-calls.ts';
import { taskPartitions } from '../../common/protocol/topics.ts';
import { listName, routeRecordsOf } from '../planner/pages.ts';
import { isSent } from './cid-status.ts';
import type { ApiContext } from './context.ts';
import { publishOrBusy } from './publish.ts';
import { withinQuota } from './quota.ts';
import { messageOfSaved } from './saved-message.ts';
import { statusOf } from './send.ts';

/**
 * Sends a saved message to devices, straight to the routers: at most one record a partition, whose ids a repeat makes again.
 * A device that another list of this task has named before gets nothing more.
 *
 * @param cids distinct, all of the app.
 * @returns each device's status.
 * @throws ApiFault `queueFull` if too much waits for one of the devices, and then none gets it; `busy`.
 */
export async function sendList(context: ApiContext, saved: SavedTask, cids: string[]): Promise<Map<string, CidStatus>> {
  const { deps } = context;
  const message = { ...messageOfSaved(context, saved), once: true };
  const statuses = await Promise.all(cids.map((cid) => statusOf(context, message, cid)));
  const targets = cids.filter((_, index) => isSent(statuses[index]!));
  const records = routeRecordsOf(message, listName(targets), targets, deps.routePartitions);
  await withinQuota(context, saved.app, { listPerDay: cids.length }, () =>
    publishOrBusy(deps, deps.topics.route, records),
  );
  for (const status of statuses) deps.metrics.accepted(status, 1);
  return new Map(cids.map((cid, index) => [cid, statuses[index]!]));
}

/** Leaves a saved message and whom it is for to the planner. @throws ApiFault `busy` */
export async function sendListAsTask(
  context: ApiContext,
  saved: SavedTask,
  audience: { cids: string[] } | { aliases: string[] },
): Promise<void> {
  const { deps } = context;
  const record: TaskRecord = { ...messageOfSaved(context, saved), once: true, audience };
  const { task } = saved;
  const named = 'cids' in audience ? audience.cids.length : audience.aliases.length;
  await withinQuota(context, saved.app, { listPerDay: named }, () =>
    publishOrBusy(deps, deps.topics.task, [
      { partition: partitionOf(task, taskPartitions), key: task, value: JSON.stringify(record) },
    ]),
  );
  deps.metrics.accepted('async', 1);
}
