import type { TaskRecord } from '../../common/protocol/bus-records.ts';
import type { CidStatus } from '../../common/protocol/rest/push.ts';
import type { SavedTask } from '../../common/protocol/saved-task-calls.ts';
import { listName, routeRecordsOf } from '../planner/pages.ts';
import { isSent } from './cid-status.ts';
import type { ApiContext } from './context.ts';
import { leaveToPlanner } from './leave-to-planner.ts';
import { publishOrBusy } from './publish.ts';
import { withinQuota } from './quota.ts';
import { dueTimeOfSaved, messageOfSaved } from './saved-message.ts';
import { statusOf } from './send.ts';

export type ListAudience = { cids: string[] } | { aliases: string[] };

/**
 * Sends a saved message to devices, straight to the routers: at most one record a partition, whose ids a repeat makes again.
 * A device that another list of this task has named before gets nothing more. A scheduled message is left to the planner.
 *
 * @param audience whom the list names, for a scheduled message: aliases are looked up again when it is due.
 * @param cids the devices that these are now: distinct, all of the app.
 * @returns each device's status, as it is now.
 * @throws ApiFault `queueFull` if too much waits for one of the devices, and then none gets it; `busy`.
 */
export async function sendList(
  context: ApiContext,
  saved: SavedTask,
  audience: ListAudience,
  cids: string[],
): Promise<Map<string, CidStatus>> {
  const { deps } = context;
  const begunMs = deps.now();
  const later = dueTimeOfSaved(context, saved) !== undefined;
  const message = { ...messageOfSaved(context, saved), once: true };
  const statuses = await Promise.all(cids.map((cid) => statusOf(context, message, cid, later)));
  if (later) {
    if ('aliases' in audience || cids.length > 0) await planList(context, saved, audience, cids.length);
  } else {
    const targets = cids.filter((_, index) => isSent(statuses[index]!));
    const records = routeRecordsOf(message, listName(targets), targets, deps.routePartitions);
    await withinQuota(context, saved.app, { listPerDay: cids.length }, () =>
      publishOrBusy(deps, deps.topics.route, records),
    );
  }
  for (const status of statuses) deps.metrics.accepted(status, 1);
  deps.traces?.record('list', saved.task, begunMs, { 'longwire.targets': cids.length });
  return new Map(cids.map((cid, index) => [cid, statuses[index]!]));
}

/** Leaves a saved message and whom it is for to the planner. @throws ApiFault `busy` */
export async function sendListAsTask(context: ApiContext, saved: SavedTask, audience: ListAudience): Promise<void> {
  const { deps } = context;
  const begunMs = deps.now();
  const named = 'cids' in audience ? audience.cids.length : audience.aliases.length;
  await planList(context, saved, audience, named);
  deps.metrics.accepted('async', 1);
  deps.traces?.record('list', saved.task, begunMs, { 'longwire.targets': named });
}

async function planList(context: ApiContext, saved: SavedTask, audience: ListAudience, named: number): Promise<void> {
  const record: TaskRecord = { ...messageOfSaved(context, saved), once: true, audience };
  await withinQuota(context, saved.app, { listPerDay: named }, () =>
    leaveToPlanner(context, record, dueTimeOfSaved(context, saved)),
  );
}
