import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { ReceiptEvent } from './bus-records.ts';
import { AppId, Cid, TaskId, TimeMs } from './ids.ts';
import { scheduleResults } from './schedule-calls.ts';
import { TagWhere } from './tag-calls.ts';
import { taskIdBeginning } from './task-ids.ts';

/** Whom a task is for, as its id and what is kept of it say. */
export const taskAudiences = ['single', 'list', 'tag', 'all'] as const;
export type TaskAudience = (typeof taskAudiences)[number];

/**
 * scheduled: it is due later. running: something of it may still arrive; of a push to one device no expiry is kept, so until the
 * longest one has passed. done: it arrived everywhere, or its time is over. stopped: by hand, also a schedule that was
 * cancelled. unknown: nothing is known but its id.
 */
export const taskStates = ['scheduled', 'running', 'done', 'stopped', 'unknown'] as const;
export type TaskState = (typeof taskStates)[number];

/** Tasks that one page looks at, at the most. */
export const maxTaskCandidates = 1_000;

/** A task's place in the list: newest first, and by id within one time. */
export const TaskKey = Type.Object({ at: TimeMs, task: TaskId });
export type TaskKey = Static<typeof TaskKey>;

const Count = Type.Integer({ minimum: 0 });
const Counts = Type.Array(Type.Object({ event: ReceiptEvent, count: Count }));

export const ListedTask = Type.Object({
  task: TaskId,
  /** When it was made or, of a scheduled one, is due. */
  at: TimeMs,
  audience: Type.Enum([...taskAudiences]),
  group: Type.Union([Type.String(), Type.Null()]),
  state: Type.Enum([...taskStates]),
  targets: Count,
  arrived: Count,
});
export type ListedTask = Static<typeof ListedTask>;

/** What the console asks of tasks. */
export const taskListCalls = {
  /**
   * A page of an app's tasks, newest first, after the key given. A page looks at `maxTaskCandidates` tasks at the most, so with a
   * `state` it may hold fewer than `limit`, even none, and have a `next`.
   */
  listTasks: call(
    Type.Object({
      app: AppId,
      task: Type.Optional(TaskId),
      /** In place of `task`: how ids begin. */
      taskBeginning: Type.Optional(Type.String({ pattern: taskIdBeginning })),
      group: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      state: Type.Optional(Type.Enum([...taskStates])),
      from: Type.Optional(TimeMs),
      to: Type.Optional(TimeMs),
      after: Type.Union([TaskKey, Type.Null()]),
      limit: Type.Integer({ minimum: 1, maximum: 200 }),
    }),
    Type.Object({ tasks: Type.Array(ListedTask), next: Type.Union([TaskKey, Type.Null()]) }),
  ),
  /** All that is kept of a task; null: the app has none of that id. */
  taskDetail: call(
    Type.Object({ app: AppId, task: TaskId }),
    Type.Object({
      task: Type.Union([
        Type.Object({
          ...ListedTask.properties,
          counts: Counts,
          expiresAt: Type.Union([TimeMs, Type.Null()]),
          schedule: Type.Union([
            Type.Object({ madeAt: TimeMs, dueAt: TimeMs, result: Type.Enum([...scheduleResults]) }),
            Type.Null(),
          ]),
          /** The content of its push frame as JSON text, of a task that is kept. */
          content: Type.Union([Type.String(), Type.Null()]),
          /** It is kept, so it can be stopped. */
          kept: Type.Boolean(),
          /** Of a push to a tag expression. */
          where: Type.Union([TagWhere, Type.Null()]),
        }),
        Type.Null(),
      ]),
    }),
  ),
  /** Devices of a task after `after`, by cid, with what happened to it on each, as `deviceEvents` tells it. */
  taskDevices: call(
    Type.Object({
      app: AppId,
      task: TaskId,
      after: Type.Union([Cid, Type.Null()]),
      limit: Type.Integer({ minimum: 1, maximum: 1_000 }),
    }),
    Type.Object({
      devices: Type.Array(
        Type.Object({
          cid: Cid,
          events: Type.Array(Type.Object({ event: ReceiptEvent, at: TimeMs })),
          storedAt: Type.Optional(TimeMs),
        }),
      ),
    }),
  ),
  /**
   * What happened on a device to the app's tasks after the key given, `maxTaskCandidates` of them: latest first. `since`: when the
   * last of these was made; `next`: the key to go on after, null where there are no more.
   */
  deviceHistory: call(
    Type.Object({ app: AppId, cid: Cid, after: Type.Union([TaskKey, Type.Null()]) }),
    Type.Object({
      events: Type.Array(Type.Object({ task: TaskId, event: ReceiptEvent, at: TimeMs })),
      since: Type.Union([TimeMs, Type.Null()]),
      next: Type.Union([TaskKey, Type.Null()]),
    }),
  ),
  /** Devices of an app after `after`, by cid. */
  listDevices: call(
    Type.Object({
      app: AppId,
      after: Type.Union([Cid, Type.Null()]),
      limit: Type.Integer({ minimum: 1, maximum: 200 }),
    }),
    Type.Object({ cids: Type.Array(Cid) }),
  ),
};
export type TaskListCalls = typeof taskListCalls;
