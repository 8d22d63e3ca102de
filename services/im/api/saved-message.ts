import type { ChannelOrders } from '../../common/protocol/channel-records.ts';
import type { PushContent } from '../../common/protocol/device-frames.ts';
import { encodePush } from '../../common/protocol/push-frame.ts';
import type { PushBody } from '../../common/protocol/rest/push.ts';
import type { SavedTask } from '../../common/protocol/saved-task-calls.ts';
import { channelOrdersOf } from './channel-orders.ts';
import type { ApiContext } from './context.ts';
import { invalid } from './faults.ts';
import { defaultTtlMs, lifetimeOf, unstoredTtlMs } from './lifetime.ts';
import { contentOf, recalledBy } from './push-content.ts';
import type { Message } from './push-request.ts';

/** How long the store of saved tasks may take. */
const storeMs = 2_000;

/**
 * A checked push as a task to keep. One whose message isn't stored can be pushed for the time of the default ttl.
 *
 * @param at when it is sent: now, or when it is due.
 */
export function savedTaskOf(
  kind: SavedTask['kind'],
  app: string,
  task: string,
  body: Pick<PushBody, 'push_message' | 'push_channel' | 'settings' | 'group_name'>,
  at: number,
): SavedTask {
  const { exp, stored } = lifetimeOf(body, at);
  // What is undefined is not in the text.
  const content = JSON.stringify({ ...contentOf(body.push_message), channels: channelOrdersOf(body, stored) });
  const saved: SavedTask = { app, task, kind, at, exp: stored ? exp : at + defaultTtlMs, stored, content };
  return body.group_name ? { ...saved, group: body.group_name } : saved;
}

/** The message that a saved task sends: always the same, but for one that isn't stored, which is of the moment. */
export function messageOfSaved(context: ApiContext, saved: SavedTask): Message {
  if (saved.stored) return messageOfTask(context, saved);
  const at = Math.max(saved.at, context.deps.now());
  return messageOfTask(context, { ...saved, at, exp: at + unstoredTtlMs });
}

/** When lists that are pushed now of a saved message are due, ms; undefined: at once. */
export function dueTimeOfSaved({ deps }: ApiContext, saved: SavedTask): number | undefined {
  return saved.madeAt !== undefined && saved.at > deps.now() ? saved.at : undefined;
}

/** The same for as long as the task may be pushed, stored or not: planning takes its time. */
export function messageOfTask({ deps }: ApiContext, saved: SavedTask): Message {
  const { app, task, at, exp, stored, group } = saved;
  const { channels, ...content } = JSON.parse(saved.content) as PushContent & { channels?: ChannelOrders };
  const body = encodePush({ id: deps.identity.messageId(app, task), task, at, exp }, content);
  const recalls = recalledBy(content);
  return {
    ...{ app, task, at, exp, stored, body },
    ...(recalls === undefined ? {} : { recalls }),
    ...(group === undefined ? {} : { group }),
    ...(channels ? { channels } : {}),
  };
}

/** @throws ApiFault `parameter` unless the app has a saved list message of this id that is neither expired nor stopped. */
export async function findListMessage({ deps }: ApiContext, app: string, taskid: string): Promise<SavedTask> {
  const { task, stopped } = await deps.userMysql.savedTask({ app, task: taskid }, { deadlineMs: storeMs });
  if (task?.kind !== 'list' || stopped || task.exp <= deps.now()) throw invalid('taskid');
  return task;
}
