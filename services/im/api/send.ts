import type { NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import type { CidStatus, PushData } from '../../common/protocol/rest/push.ts';
import { singleTaskId } from '../../common/protocol/task-ids.ts';
import { cidStatusOf, isSent, needsLoginTimes, type Presence } from './cid-status.ts';
import type { ApiContext } from './context.ts';
import { ApiFault, invalidTarget } from './faults.ts';
import type { Due } from './idempotency.ts';
import { leaveAllToPlanner, type PlannedTask } from './leave-to-planner.ts';
import { publishOrBusy } from './publish.ts';
import { type Message, messageOf, type PushRequest } from './push-request.ts';
import { type TakenQuota, withinQuota } from './quota.ts';
import { dueTimeOf, isAtOnce } from './schedule-time.ts';

interface Send {
  request: PushRequest;
  message: Message;
  dueAt: number | undefined;
}

/**
 * Sends messages to the devices that the requests name: one record a device, straight to the routers. All or none.
 * Aliases are looked up once the request_ids are held: a repeat gets the first answer, whoever has them by then. Scheduled
 * messages are left to the planner: who has the alias, and who may get anything, is asked again when they are due.
 *
 * @param taken of the quota of pushes, where it was asked for ahead.
 * @returns for each message `{task: {cid: status}}`, statuses as they are now.
 * @throws ApiFault `parameter` if nobody has one of the aliases; `queueFull` if too much waits for one of the devices;
 * `taskTime`; `pushPerDay`; `busy`.
 */
export async function sendNow(context: ApiContext, due: Due<PushRequest>[], taken?: TakenQuota): Promise<PushData[]> {
  const { deps } = context;
  const begunMs = deps.now();
  const sends = await sendsOf(context, due);
  const targets = await targetsOf(
    context,
    due.map(({ item }) => item),
  );
  const statuses = await Promise.all(
    sends.map(({ message, dueAt }, index) =>
      Promise.all(targets[index]!.map((cid) => statusOf(context, message, cid, dueAt !== undefined))),
    ),
  );
  const records: NewRecord[] = [];
  const answers: PushData[] = [];
  for (const [index, { message, dueAt }] of sends.entries()) {
    const cids = targets[index]!;
    const byCid: [string, CidStatus][] = cids.map((cid, place) => [cid, statuses[index]![place]!]);
    answers.push({ [message.task]: Object.fromEntries(byCid) });
    if (dueAt !== undefined) continue;
    for (const [cid, status] of byCid) {
      if (isSent(status)) records.push(routeRecord(context, message, cid, cids.length));
    }
  }
  const scheduled = sends.filter(({ dueAt }) => dueAt !== undefined);
  const work = async (): Promise<void> => {
    if (scheduled.length > 0) await leaveAllToPlanner(context, scheduled.map(plannedTask));
    await publishOrBusy(deps, deps.topics.route, records);
  };
  await withinQuota(context, due[0]!.item.app, { pushesPerDay: sends.length }, work, taken);
  for (const status of statuses.flat()) deps.metrics.accepted(status, 1);
  for (const { message } of sends) accepted(context, message.task, begunMs);
  return answers;
}

/** Leaves messages to the planner: one task a message. Answers null for each, as their statuses aren't known yet. */
export async function sendAsTasks(context: ApiContext, due: Due<PushRequest>[]): Promise<null[]> {
  const begunMs = context.deps.now();
  const sends = await sendsOf(context, due);
  await withinQuota(context, due[0]!.item.app, { pushesPerDay: due.length }, () =>
    leaveAllToPlanner(context, sends.map(plannedTask)),
  );
  context.deps.metrics.accepted('async', sends.length);
  for (const { message } of sends) accepted(context, message.task, begunMs);
  return due.map(() => null);
}

/** The messages of requests, one after another: the first time that is at fault refuses them all. @throws ApiFault `taskTime` */
async function sendsOf(context: ApiContext, due: Due<PushRequest>[]): Promise<Send[]> {
  const { deps } = context;
  const at = deps.now();
  const sends: Send[] = [];
  for (const { item: request, day } of due) {
    const { app, requestId, body } = request;
    const task = singleTaskId(app, requestId, day);
    const dueAt = isAtOnce(body) ? undefined : await dueTimeOf(context, app, task, body);
    sends.push({ request, message: messageOf(deps.identity, request, task, dueAt ?? at), dueAt });
  }
  return sends;
}

export function accepted({ deps }: ApiContext, task: string, begunMs: number): void {
  deps.log.debug({ task }, 'a push is accepted');
  deps.traces?.record('accept', task, begunMs);
}

function plannedTask({ request, message, dueAt }: Send): PlannedTask {
  return { record: { ...message, audience: request.audience }, dueAt };
}

/** The cids of each request, aliases looked up in one call. @throws ApiFault `parameter` if nobody has one of them. */
async function targetsOf({ deps }: ApiContext, requests: PushRequest[]): Promise<string[][]> {
  const items = requests.flatMap(({ app, audience }) => ('alias' in audience ? { app, alias: audience.alias } : []));
  const found = items.length === 0 ? [] : (await deps.userMysql.cidsOf({ items })).results;
  if (found.some(({ cids }) => cids.length === 0)) throw invalidTarget();
  let next = 0;
  return requests.map(({ audience }) => ('cids' in audience ? audience.cids : found[next++]!.cids));
}

/**
 * @param later the message is scheduled: what waits for the device now says nothing of then.
 * @throws ApiFault `queueFull` if too much waits for the device and the message would wait too.
 */
export async function statusOf(
  context: ApiContext,
  message: Pick<Message, 'app' | 'stored'>,
  cid: string,
  later: boolean,
): Promise<CidStatus> {
  const presence = await context.lookups.presence(cid);
  if (!later) checkRoom(context, message, cid, presence);
  const logins = needsLoginTimes(presence) ? await context.lookups.loginTimes(message.app, cid) : undefined;
  return cidStatusOf(presence, logins, context.deps.now());
}

/** @throws ApiFault `queueFull` if too much waits for the device and the message would wait too. */
export function checkRoom(
  { deps }: ApiContext,
  { stored }: Pick<Message, 'stored'>,
  cid: string,
  presence: Presence,
): void {
  if (stored && presence && !presence.blacklisted && presence.depth >= deps.limits.maxDepth) {
    throw new ApiFault('queueFull', `busy: too many messages wait for cid ${cid}`);
  }
}

export function routeRecord({ deps }: ApiContext, message: Message, cid: string, targets: number): NewRecord {
  const id = targets === 1 ? message.task : `${message.task}/${cid}`;
  const record: RouteRecord = { ...message, id, cids: [cid] };
  return { partition: partitionOf(cid, deps.routePartitions), key: cid, value: JSON.stringify(record) };
}
