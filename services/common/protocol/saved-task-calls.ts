import Type, { type Static } from 'typebox';
import { call } from '../rpc/contract.ts';
import { AppId, TaskId, TimeMs } from './ids.ts';

/** What a saved task is pushed to: lists of devices, named later; the devices of a tag expression; a whole app. */
export const savedTaskKinds = ['list', 'tag', 'all'] as const;

/** A task with its message, kept to be pushed again, stopped and asked after. */
export const SavedTask = Type.Object({
  app: AppId,
  task: TaskId,
  kind: Type.Enum([...savedTaskKinds]),
  /** When it was accepted; of a scheduled one, when it is due. */
  at: TimeMs,
  /** When a scheduled list message was accepted. */
  madeAt: Type.Optional(TimeMs),
  /** Until when it may be pushed. */
  exp: TimeMs,
  /** False for ttl −1: online or never. */
  stored: Type.Boolean(),
  /** The content of the push frame and, beside it, what is said of `channels`, as JSON text. */
  content: Type.String({ maxLength: 65_536 }),
  group: Type.Optional(Type.String({ maxLength: 100 })),
});
export type SavedTask = Static<typeof SavedTask>;

export const savedTaskCalls = {
  /** Keeps a task, and makes its row for reports; what was kept first stays. Answers what is kept. */
  saveTask: call(SavedTask, Type.Object({ task: SavedTask })),
  /** A task that is kept and whether it was stopped, or null. */
  savedTask: call(
    Type.Object({ app: AppId, task: TaskId }),
    Type.Object({ task: Type.Union([SavedTask, Type.Null()]), stopped: Type.Boolean() }),
  ),
  /** Marks a task as stopped. Answers it, or null if the app has none of that id. */
  markStopped: call(
    Type.Object({ app: AppId, task: TaskId }),
    Type.Object({ task: Type.Union([SavedTask, Type.Null()]) }),
  ),
  /** Stopped tasks of all apps that have not expired, by expiry and id; those above `after`. */
  stoppedTasks: call(
    Type.Object({
      after: Type.Union([Type.Object({ exp: TimeMs, task: TaskId }), Type.Null()]),
      limit: Type.Integer({ minimum: 1, maximum: 1_000 }),
    }),
    Type.Object({ tasks: Type.Array(Type.Object({ task: TaskId, exp: TimeMs })) }),
  ),
};
