import { quotaOf } from '../../common/protocol/quotas.ts';
import { dayOf, singleTaskId } from '../../common/protocol/task-ids.ts';
import { cidStatusOf, isSent, type LoginTimes, needsLoginTimes, type Presence } from './cid-status.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest } from './endpoint.ts';
import { ApiFault } from './faults.ts';
import { markOf, ownerOf, type Reservation, type ReservedId } from './idempotency.ts';
import { publishOrBusy } from './publish.ts';
import { messageOf, type PushRequest } from './push-request.ts';
import { claimOf, quotaFault } from './quota.ts';
import { isAtOnce } from './schedule-time.ts';
import { accepted, checkRoom, routeRecord } from './send.ts';

/**
 * The everyday pushes, each to one device, due at once and new: what user-redis has to say to all of a request is asked as one question,
 * and beside that only the bus is waited for. It does what `doOnce` and `sendNow` do, in fewer steps. Undefined, with nothing done, where
 * it takes more: an app that isn't remembered, is disabled or has its calls counted; an alias; a time; a request_id that was used before.
 *
 * @returns for each push `"task":{"cid":"status"}`, of an object in JSON.
 * @throws ApiFault `badToken`, `queueFull`, `pushPerDay`, `busy`: what was taken for the request is given back.
 */
export async function sendAtOnce(
  context: ApiContext,
  { app, claims }: Pick<ApiRequest, 'app' | 'claims'>,
  pushes: PushRequest[],
): Promise<string[] | undefined> {
  const { deps, lookups } = context;
  const found = context.freshApp(app);
  if (!claims || !found || found.disabled || quotaOf(found.quotas, 'callsPerMinute') !== null) return undefined;
  const cids = pushes.map(onlyCid);
  if (!cids.every((cid) => cid !== undefined)) return undefined;
  const begunMs = deps.now();
  const today = dayOf(begunMs);
  const ids = pushes.map(
    ({ requestId, body }): ReservedId => ({ app, requestId, owner: ownerOf(deps.instance, markOf(body)) }),
  );
  const claim = claimOf(context, app, found, { pushesPerDay: pushes.length });
  const { revoked, presences, reservations, refused } = await lookups.pushes(claims.id, cids, ids, today, claim);
  let done = false;
  try {
    if (revoked) throw new ApiFault('badToken', 'token is invalid');
    if (!reservations.every(isNew)) return undefined;
    const at = deps.now();
    const messages = pushes.map((push, index) => {
      const task = singleTaskId(app, push.requestId, reservations[index]?.day ?? today);
      const message = messageOf(deps.identity, push, task, at);
      checkRoom(context, message, cids[index]!, presences[index]);
      return message;
    });
    const logins = presences.some(needsLoginTimes) ? await loginTimesOf(context, app, cids, presences) : [];
    if (refused !== null) throw quotaFault(refused);
    const statuses = cids.map((_cid, index) => cidStatusOf(presences[index], logins[index], at));
    const sent = messages.map((message, index) => routeRecord(context, message, cids[index]!, 1));
    await publishOrBusy(
      deps,
      deps.topics.route,
      sent.filter((_record, index) => isSent(statuses[index]!)),
    );
    done = true;
    return messages.map(({ task }, index) => {
      const status = statuses[index]!;
      const answer = `${JSON.stringify(task)}:{${JSON.stringify(cids[index])}:${JSON.stringify(status)}}`;
      // Nobody waits for it: until it is settled, a repeat sees it running and asks again.
      if (reservations[index]) void lookups.settle(ids[index]!, `{${answer}}`);
      deps.metrics.accepted(status, 1);
      accepted(context, task, begunMs);
      return answer;
    });
  } finally {
    if (!done) {
      const held = ids.filter((_id, index) => reservations[index]?.state === 'mine');
      const taken = claim !== undefined && refused === null;
      await Promise.all([...held.map((id) => lookups.release(id)), taken && lookups.returnQuota(claim)]);
    }
  }
}

/** The device of a push that is to one and due at once. */
function onlyCid({ audience, body }: PushRequest): string | undefined {
  return 'cids' in audience && audience.cids.length === 1 && isAtOnce(body) ? audience.cids[0] : undefined;
}

/** Also where there is no knowing. */
function isNew(reservation: Reservation | undefined): boolean {
  return reservation === undefined || reservation.state === 'mine';
}

function loginTimesOf(
  { lookups }: ApiContext,
  app: string,
  cids: string[],
  presences: Presence[],
): Promise<LoginTimes[]> {
  return Promise.all(
    cids.map((cid, index) => (needsLoginTimes(presences[index]) ? lookups.loginTimes(app, cid) : undefined)),
  );
}
