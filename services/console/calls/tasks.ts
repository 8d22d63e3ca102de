import Type, { type Static } from 'typebox';
import { AppId, Cid, TaskId, TimeMs } from '../../common/protocol/ids.ts';
import { taskAudiences, taskStates } from '../../common/protocol/task-list-calls.ts';
import { Next, PageQuery } from './pages.ts';

export const AppParams = Type.Object({ app: AppId });
export const TaskParams = Type.Object({ app: AppId, task: TaskId });
export const TaskDeviceParams = Type.Object({ app: AppId, task: TaskId, cid: Cid });

const Count = Type.Integer({ minimum: 0 });
const OrNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

export const TaskQuery = Type.Object(
  {
    /** The whole id. */
    id: Type.Optional(TaskId),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    state: Type.Optional(Type.Enum([...taskStates])),
    /** Made, or due, from then on, and before `to`. */
    from: Type.Optional(TimeMs),
    to: Type.Optional(TimeMs),
    ...PageQuery,
  },
  { additionalProperties: false },
);

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

/** Newest first. */
export const TaskList = Type.Object({ items: Type.Array(TaskItem), next: Next });
export type TaskList = Static<typeof TaskList>;

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
 * than one device. planned: when a scheduled task was due and sent.
 */
export const Timeline = Type.Object({ steps: Type.Array(Step) });
export type Timeline = Static<typeof Timeline>;

export const TaskDevicesQuery = Type.Object(PageQuery, { additionalProperties: false });

/** Devices of a task, by cid, with what happened to it on each. */
export const TaskDevices = Type.Object({
  items: Type.Array(Type.Object({ cid: Cid, steps: Type.Array(Step) })),
  next: Next,
});
export type TaskDevices = Static<typeof TaskDevices>;
