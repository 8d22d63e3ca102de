import Type, { type Static } from 'typebox';
import { AppId, Cid, TaskId, TimeMs } from '../../common/protocol/ids.ts';
import { taskAudiences, taskStates } from '../../common/protocol/task-list-calls.ts';
import { endpoint } from './endpoint.ts';
import { pageOf, pageQuery } from './lists.ts';

const Count = Type.Integer({ minimum: 0 });
const OrNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

const item = {
  taskId: TaskId,
  /** When it was accepted or, of a scheduled one, is due. Of a push to one device: of its first event. */
  createdAt: TimeMs,
  audience: Type.Enum([...taskAudiences]),
  group: OrNull(Type.String()),
  state: Type.Enum([...taskStates]),
  /** Devices that it is for, as far as they are known. */
  targets: Count,
  arrived: Count,
};

export const TaskItem = Type.Object(item);
export type TaskItem = Static<typeof TaskItem>;

/** What devices get, as far as it is kept. */
export const MessageView = Type.Object({
  kind: Type.Enum(['notification', 'transmission', 'revoke']),
  title: OrNull(Type.String()),
  text: Type.String(),
});
export type MessageView = Static<typeof MessageView>;

export const TaskView = Type.Object({
  ...item,
  counts: Type.Object({
    target: Count,
    sent: Count,
    arrived: Count,
    shown: Count,
    clicked: Count,
    dismissed: Count,
    /** Devices that it did not reach in its life; null while something may still arrive. */
    failed: OrNull(Count),
    /** Devices by the app's own events. */
    custom: Type.Record(Type.String(), Count),
  }),
  /** Of a scheduled one. */
  schedule: OrNull(
    Type.Object({ madeAt: TimeMs, dueAt: TimeMs, result: Type.Enum(['waiting', 'sent', 'failed', 'cancelled']) }),
  ),
  /** Until when it may be delivered; null: not kept of a push to one device. */
  expiresAt: OrNull(TimeMs),
  message: OrNull(MessageView),
  /** Whether `stop` and `recall` can do something. */
  canStop: Type.Boolean(),
  canRecall: Type.Boolean(),
});
export type TaskView = Static<typeof TaskView>;

/** stopped: what is not delivered never is. cancelled: it was scheduled, and is not sent. */
export const StopAnswer = Type.Object({ outcome: Type.Enum(['stopped', 'cancelled']) });
export type StopAnswer = Static<typeof StopAnswer>;

/** The task that takes the message back, and how many devices it goes to; null: to all that the first one was for. */
export const RecallAnswer = Type.Object({ taskId: TaskId, devices: OrNull(Count) });
export type RecallAnswer = Static<typeof RecallAnswer>;

export const timelineSteps = [
  'accepted',
  'planned',
  'stored',
  'sent',
  'arrived',
  'shown',
  'clicked',
  'dismissed',
] as const;
const Step = Type.Object({ step: Type.Enum([...timelineSteps]), at: TimeMs });

/**
 * Only steps whose time is known. accepted: known while the message is kept for a device, of a scheduled task, and of one to more
 * than one device. planned: when a scheduled task was due and sent. stored: when it was in the device's queue, also of one
 * that goes by a vendor's channel as well; left out of a push to all devices, which is stored once for them together, and of one
 * that isn't stored (ttl -1).
 */
export const Timeline = Type.Object({ steps: Type.Array(Step) });
export type Timeline = Static<typeof Timeline>;

/** A device of a task, with what happened to it there. */
export const TaskDevice = Type.Object({ cid: Cid, steps: Type.Array(Step) });
export type TaskDevice = Static<typeof TaskDevice>;

const ofTask = Type.Object({ app: AppId, task: TaskId });
const exampleTask = { app: 'demo', task: 'RASS_1129_4e3f0a' };

export const tasksCalls = {
  listTasks: endpoint({
    method: 'GET',
    path: '/apps/:app/tasks',
    summary: 'Tasks, newest first; of a state a page may hold fewer than asked for, even none, and have a next one',
    needs: 'viewer',
    params: Type.Object({ app: AppId }),
    query: Type.Object({
      id: Type.Optional({
        ...TaskId,
        description: 'the id of a task, or its beginning with at least six characters after the day',
      }),
      group: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      state: Type.Optional(Type.Enum([...taskStates])),
      from: Type.Optional({ ...TimeMs, description: 'ms since the epoch: made or due then or later' }),
      to: Type.Optional({ ...TimeMs, description: 'ms since the epoch: made or due before' }),
      ...pageQuery,
    }),
    answer: pageOf(TaskItem),
    example: { params: { app: 'demo' }, query: { state: 'running', limit: 20 } },
  }),
  task: endpoint({
    method: 'GET',
    path: '/apps/:app/tasks/:task',
    summary: 'A task and how far it got',
    needs: 'viewer',
    params: ofTask,
    answer: TaskView,
    live: true,
    example: { params: exampleTask },
  }),
  stopTask: endpoint({
    method: 'POST',
    path: '/apps/:app/tasks/:task/stop',
    summary: 'Stops a task: what is not delivered yet never is. A scheduled one is not sent',
    needs: 'sender',
    params: ofTask,
    answer: StopAnswer,
    example: { params: exampleTask },
  }),
  recallTask: endpoint({
    method: 'POST',
    path: '/apps/:app/tasks/:task/recall',
    summary: 'Stops a task and takes its message back from the devices that have it',
    needs: 'sender',
    params: ofTask,
    answer: RecallAnswer,
    example: { params: exampleTask },
  }),
  taskDevices: endpoint({
    method: 'GET',
    path: '/apps/:app/tasks/:task/devices',
    summary: 'Devices of a task, by cid, with what happened on each',
    needs: 'viewer',
    params: ofTask,
    query: Type.Object(pageQuery),
    answer: pageOf(TaskDevice),
    example: { params: exampleTask, query: {} },
  }),
  timeline: endpoint({
    method: 'GET',
    path: '/apps/:app/tasks/:task/devices/:cid',
    summary: 'The way of a message to one device, with the times that are known',
    needs: 'viewer',
    params: Type.Object({ app: AppId, task: TaskId, cid: Cid }),
    answer: Timeline,
    example: { params: { ...exampleTask, cid: '0'.repeat(32) } },
  }),
};
