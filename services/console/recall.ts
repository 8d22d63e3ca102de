import { createHash } from 'node:crypto';
import { maxListTargets } from '../common/protocol/rest/push-list.ts';
import { maxTtlMs } from '../common/protocol/rest/settings.ts';
import type { UserMysqlCalls } from '../common/protocol/user-mysql-calls.ts';
import type { Client } from '../common/rpc/contract.ts';
import type { RecallAnswer } from './calls/tasks.ts';
import { asking, ConsoleFault } from './core/fault.ts';
import type { TaskDetail } from './core/task-view.ts';
import type { UpstreamApi } from './edges/upstream-api.ts';
import { send } from './handlers/sends.ts';

/** Devices that one recall goes to by their cids, at the most. */
const maxDevices = 100_000;

export interface RecallDeps {
  mysql: Client<UserMysqlCalls>;
  upstream: Pick<UpstreamApi, 'post'>;
}

/**
 * Pushes what takes a task's message back: to all, to the same tags, or to the devices that it was for. The same again within a day
 * is the same push.
 *
 * @throws ConsoleFault
 */
export async function recall({ mysql, upstream }: RecallDeps, app: string, detail: TaskDetail): Promise<RecallAnswer> {
  const pushed = {
    message: { revoke: { old_task_id: detail.task } },
    // As long as a device may be away and have it.
    settings: { ttl: maxTtlMs },
    requestId: `recall-${createHash('sha256').update(detail.task).digest('hex').slice(0, 24)}`,
  };
  if (detail.audience === 'all') {
    return { taskId: await send(upstream, app, { ...pushed, audience: { kind: 'all' } }), devices: null };
  }
  if (detail.where) {
    const rules = detail.where.map(({ key, values, opt }) => ({ key, values, opt_type: opt }));
    return { taskId: await send(upstream, app, { ...pushed, audience: { kind: 'tag', rules } }), devices: null };
  }
  if (detail.targets > maxDevices) {
    const params = { devices: detail.targets };
    throw new ConsoleFault('conflict', 'tags_forgotten', { params, allowed: `up to ${maxDevices} devices` });
  }
  return toDevices({ mysql, upstream }, app, detail.task, pushed);
}

async function toDevices(
  { mysql, upstream }: RecallDeps,
  app: string,
  task: string,
  pushed: Omit<Parameters<typeof send>[2], 'audience'>,
): Promise<RecallAnswer> {
  let taskId: string | undefined;
  let devices = 0;
  let after: string | null = null;
  do {
    const page: { devices: { cid: string }[] } = await asking(
      'user-mysql',
      mysql.taskDevices({ app, task, after, limit: maxListTargets }),
    );
    const values = page.devices.map(({ cid }) => cid);
    if (values.length === 0) break;
    // Lists of one request are lists of one task.
    taskId = await send(upstream, app, { ...pushed, audience: { kind: 'cid', values } }, devices > 0);
    devices += values.length;
    after = values.length === maxListTargets ? values.at(-1)! : null;
  } while (after !== null && devices < maxDevices);
  if (taskId === undefined) throw new ConsoleFault('conflict', 'no_device_has_it');
  return { taskId, devices };
}
