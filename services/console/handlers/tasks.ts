import { Check } from 'typebox/value';
import { Cid } from '../../common/protocol/ids.ts';
import { taskIdBeginning } from '../../common/protocol/task-ids.ts';
import type { UserMysqlCalls } from '../../common/protocol/user-mysql-calls.ts';
import type { UserRedisCalls } from '../../common/protocol/user-redis-calls.ts';
import type { Client } from '../../common/rpc/contract.ts';
import { defaultPageItems } from '../calls/lists.ts';
import type { Reason } from '../calls/reasons.ts';
import type { tasksCalls } from '../calls/tasks.ts';
import { asking, badField, ConsoleFault, notFound } from '../core/fault.ts';
import { keyOfText, textOfKey } from '../core/page-key.ts';
import { canRecall, canStop, type TaskDetail, taskItemOf, taskViewOf, timelineOf } from '../core/task-view.ts';
import type { UpstreamApi } from '../edges/upstream-api.ts';
import { LiveTasks } from '../live-tasks.ts';
import { recall } from '../recall.ts';
import type { Handlers } from './handler.ts';

export interface TasksDeps {
  mysql: Client<UserMysqlCalls>;
  redis: Client<UserRedisCalls>;
  upstream: Pick<UpstreamApi, 'post'>;
}

/** A task that is due sooner than this is not cancelled any more: somebody may be sending it. */
const noticeMs = 1_000;
const isBeginning = new RegExp(taskIdBeginning);

/** Tasks of an app, and what people do with them. */
export function tasksHandlers({ mysql, redis, upstream }: TasksDeps): Handlers<typeof tasksCalls> {
  async function find(app: string, task: string): Promise<TaskDetail> {
    const found = await asking('user-mysql', mysql.taskDetail({ app, task }));
    if (!found.task) throw notFound('task');
    return found.task;
  }

  /** Nothing more of a task that is kept is delivered. */
  async function stop(app: string, task: string): Promise<void> {
    const marked = await asking('user-mysql', mysql.markStopped({ app, task }));
    if (!marked.task) throw notFound('task');
    await asking('user-redis', redis.stopTasks({ items: [{ task, until: marked.task.exp }] }));
  }

  const live = new LiveTasks(async (app, task) => taskViewOf(await find(app, task)));

  return {
    async listTasks({ params: { app }, query }) {
      const { id, group, state, from, to, after, limit = defaultPageItems } = query;
      const asked = {
        ...{ app, after: keyOfText(after), limit },
        ...(id === undefined ? {} : isBeginning.test(id) ? { taskBeginning: id } : { task: id }),
        ...(group === undefined ? {} : { group }),
        ...(state === undefined ? {} : { state }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      };
      const { tasks, next } = await asking('user-mysql', mysql.listTasks(asked));
      return { items: tasks.map(taskItemOf), next: textOfKey(next) };
    },

    task: {
      answer: async ({ params: { app, task } }) => taskViewOf(await find(app, task)),
      watch: ({ params: { app, task } }, reader) => live.watch(app, task, reader),
    },

    async stopTask({ params: { app, task }, note }) {
      note({ target: task });
      const detail = await find(app, task);
      if (!canStop(detail)) {
        throw new ConsoleFault('conflict', whyNotStopped(detail), {
          allowed: 'a task that is scheduled, or to many devices and running',
        });
      }
      if (detail.state === 'scheduled') {
        const { outcome } = await asking('user-mysql', mysql.cancelSchedule({ app, task, noticeMs }));
        if (outcome === 'cancelled') return { outcome };
        if (!detail.kept) throw new ConsoleFault('conflict', 'being_sent');
      }
      await stop(app, task);
      return { outcome: 'stopped' };
    },

    async recallTask({ params: { app, task }, note }) {
      note({ target: task });
      const detail = await find(app, task);
      if (!canRecall(detail)) {
        throw new ConsoleFault('conflict', 'nothing_to_recall', {
          allowed: 'a task that went to a device',
        });
      }
      if (canStop(detail)) await stop(app, task);
      const answer = await recall({ mysql, upstream }, app, detail);
      note({ detail: { recalledBy: answer.taskId } });
      return answer;
    },

    async taskDevices({ params: { app, task }, query: { after, limit = defaultPageItems } }) {
      if (after !== undefined && !Check(Cid, after)) {
        throw badField('after', 'no_page_key', '`next` of the page before');
      }
      const detail = await find(app, task);
      const { devices } = await asking('user-mysql', mysql.taskDevices({ app, task, after: after ?? null, limit }));
      const items = devices.map(({ cid, ...told }) => ({ cid, steps: timelineOf(detail, told) }));
      return { items, next: devices.length === limit ? devices.at(-1)!.cid : null };
    },

    async timeline({ params: { app, task, cid } }) {
      const detail = await find(app, task);
      const told = await asking('user-mysql', mysql.deviceEvents({ app, task, cid }));
      // Of a task to many that never came to this device, nothing is known here.
      return { steps: told.events.length === 0 ? [] : timelineOf(detail, told) };
    },
  };
}

function whyNotStopped({ state, kept }: TaskDetail): Reason {
  if (state === 'stopped') return 'stopped_already';
  if (state === 'done') return 'time_over';
  return kept ? 'nothing_to_stop' : 'sent_at_once';
}
