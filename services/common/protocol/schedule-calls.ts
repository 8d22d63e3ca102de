import Type, { type Static } from 'typebox';
import { batchCall, call } from '../rpc/contract.ts';
import { AppId, TaskId, TimeMs } from './ids.ts';

const key = {
  app: AppId,
  task: TaskId,
  /** Tells apart the lists that one saved message is pushed to; empty for all else. */
  part: Type.String({ pattern: '^[0-9a-f]{0,16}$' }),
};
const Owner = Type.String({ pattern: '^[0-9A-Za-z_.:-]{1,64}$' });

/** A task that is given to the planner when it is due. */
export const Schedule = Type.Object({
  ...key,
  /** When it was accepted. */
  madeAt: TimeMs,
  dueAt: TimeMs,
  /** From then on it isn't sent any more. */
  exp: TimeMs,
  /** The task's record, as JSON text. */
  record: Type.String({ maxLength: 400_000 }),
});
export type Schedule = Static<typeof Schedule>;

export const DueSchedule = Type.Object({ ...key, dueAt: TimeMs, record: Schedule.properties.record });
export type DueSchedule = Static<typeof DueSchedule>;

/** What became of a scheduled task. waiting: nothing yet, also of a saved message that no list was pushed of. */
export const scheduleResults = ['waiting', 'sent', 'failed', 'cancelled'] as const;
export type ScheduleResult = (typeof scheduleResults)[number];

/** Tasks that are sent later. A lease says who sends what is due; when it runs out, somebody else does. */
export const scheduleCalls = {
  /** Keeps schedules; what was kept first stays, whatever became of it. */
  saveSchedules: batchCall(Schedule, Type.Object({})),
  /**
   * Takes what is due and nobody's, and answers it with what this owner has taken before: an owner is one claim. What has expired
   * or was stopped is ended instead, and only counted. Where nothing is due it says in how many ms the next one is, if there is one; a
   * version before this one doesn't.
   */
  claimSchedules: call(
    Type.Object({
      owner: Owner,
      limit: Type.Integer({ minimum: 1, maximum: 1_000 }),
      leaseMs: Type.Integer({ minimum: 1, maximum: 60_000 }),
    }),
    Type.Object({
      due: Type.Array(DueSchedule),
      expired: Type.Integer(),
      stopped: Type.Integer(),
      nextMs: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  ),
  /** Notes that schedules were sent, where they are still this owner's. */
  finishSchedules: call(
    Type.Object({ owner: Owner, sent: Type.Array(Type.Object(key), { minItems: 1, maxItems: 1_000 }) }),
    Type.Object({}),
  ),
  /** What is scheduled of a task, or null: its record, or its content if the task is a saved one. */
  scheduleOf: call(
    Type.Object({ app: AppId, task: TaskId }),
    Type.Object({
      schedule: Type.Union([
        Type.Object({
          madeAt: TimeMs,
          dueAt: TimeMs,
          message: Type.Union([Type.Object({ record: Type.String() }), Type.Object({ content: Type.String() })]),
          result: Type.Enum([...scheduleResults]),
        }),
        Type.Null(),
      ]),
    }),
  ),
  /**
   * Cancels all that is scheduled of a task, and stops the task if it is a saved one. cancelled: it is, now or before; late:
   * it is due in less than `noticeMs`, or somebody has taken it; ran: it is over; unknown: the app has none of that id.
   */
  cancelSchedule: call(
    Type.Object({ app: AppId, task: TaskId, noticeMs: Type.Integer({ minimum: 0 }) }),
    Type.Object({ outcome: Type.Enum(['cancelled', 'late', 'ran', 'unknown']) }),
  ),
};
