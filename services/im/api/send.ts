import type { NewRecord } from '../../common/bus/bus.ts';
import type { RouteRecord, TaskRecord } from '../../common/protocol/bus-records.ts';
import { partitionOf } from '../../common/protocol/positions.ts';
import type { CidStatus, PushData } from '../../common/protocol/rest/push.ts';
import { taskPartitions } from '../../common/protocol/topics.ts';
import { cidStatusOf, isSent, needsLoginTimes, type Presence } from './cid-status.ts';
import type { ApiContext } from './context.ts';
import { ApiFault, invalidTarget } from './faults.ts';
import type { Due } from './idempotency.ts';
import { publishOrBusy } from './publish.ts';
import { type Message, messageOf, type PushRequest } from './push-request.ts';
import { withinQuota } from './quota.ts';

/**
 * Sends messages to the devices that the requests name: one record a device, straight to the routers. All or none.
 * Aliases are looked up once the request_ids are held: a repeat gets the first answer, whoever has them by then.
 *
 * @returns for each message `{task: {cid: status}}`.
 * @throws ApiFault `parameter` if nobody has one of the aliases; `queueFull` if too much waits for one of the devices;
 * `pushPerDay`; `busy`.
 */
export async function sendNow(context: ApiContext, due: Due<PushRequest>[]): Promise<PushData[]> {
  const { deps } = context;
  const at = deps.now();
  const targets = await targetsOf(
    context,
    due.map(({ item }) => item),
  );
  const sends = due.map(({ item, day }, index) => ({
    message: messageOf(deps.identity, item, day, at),
    cids: targets[index]!,
  }));
  const statuses = await Promise.all(
    sends.map(({ message, cids }) => Promise.all(cids.map((cid) => statusOf(context, message, cid)))),
  );
  const records: NewRecord[] = [];
  const answers: PushData[] = [];
  for (const [index, { message, cids }] of sends.entries()) {
    const byCid: [string, CidStatus][] = cids.map((cid, place) => [cid, statuses[index]![place]!]);
    answers.push({ [message.task]: Object.fromEntries(byCid) });
    for (const [cid, status] of byCid) {
      if (isSent(status)) records.push(routeRecord(context, message, cid, cids.length));
    }
  }
  await withinQuota(context, due[0]!.item.app, { pushesPerDay: sends.length }, () =>
    publishOrBusy(deps, deps.topics.route, records),
  );
  for (const status of statuses.flat()) deps.metrics.accepted(status, 1);
  return answers;
}

/** Leaves messages to the planner: one task a message. Answers null for each, as their statuses aren't known yet. */
export async function sendAsTasks(context: ApiContext, due: Due<PushRequest>[]): Promise<null[]> {
  const { deps } = context;
  const at = deps.now();
  const records = due.map(({ item, day }): NewRecord => {
    const task: TaskRecord = { ...messageOf(deps.identity, item, day, at), audience: item.audience };
    return { partition: partitionOf(task.task, taskPartitions), key: task.task, value: JSON.stringify(task) };
  });
  await withinQuota(context, due[0]!.item.app, { pushesPerDay: due.length }, () =>
    publishOrBusy(deps, deps.topics.task, records),
  );
  deps.metrics.accepted('async', records.length);
  return due.map(() => null);
}

/** The cids of each request, aliases looked up in one call. @throws ApiFault `parameter` if nobody has one of them. */
async function targetsOf({ deps }: ApiContext, requests: PushRequest[]): Promise<string[][]> {
  const items = requests.flatMap(({ app, audience }) => ('alias' in audience ? { app, alias: audience.alias } : []));
  const found = items.length === 0 ? [] : (await deps.userMysql.cidsOf({ items })).results;
  if (found.some(({ cids }) => cids.length === 0)) throw invalidTarget();
  let next = 0;
  return requests.map(({ audience }) => ('cids' in audience ? audience.cids : found[next++]!.cids));
}

/** @throws ApiFault `queueFull` if too much waits for the device and the message would wait too. */
export async function statusOf(
  { deps, lookups }: ApiContext,
  message: Pick<Message, 'app' | 'stored'>,
  cid: string,
): Promise<CidStatus> {
  const presence: Presence = await lookups.presence(cid);
  if (message.stored && presence && !presence.blacklisted && presence.depth >= deps.limits.maxDepth) {
    throw new ApiFault('queueFull', `busy: too many messages wait for cid ${cid}`);
  }
  const logins = needsLoginTimes(presence) ? await lookups.loginTimes(message.app, cid) : undefined;
  return cidStatusOf(presence, logins, deps.now());
}

function routeRecord({ deps }: ApiContext, message: Message, cid: string, targets: number): NewRecord {
  const id = targets === 1 ? message.task : `${message.task}/${cid}`;
  const record: RouteRecord = { id, ...message, cids: [cid] };
  return { partition: partitionOf(cid, deps.routePartitions), key: cid, value: JSON.stringify(record) };
}
