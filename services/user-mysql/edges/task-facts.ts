import type { SavedTask } from '../../common/protocol/saved-task-calls.ts';
import type { ScheduleResult } from '../../common/protocol/schedule-calls.ts';
import { type ScheduleState, scheduleResultOf } from '../core/schedule-result.ts';
import type { TaskFacts } from '../core/task-state.ts';
import type { Session } from '../database.ts';

/** A task as lists find it, of the table of tasks or that of schedules. */
export interface Candidate {
  task: string;
  at: number;
  group: string | null;
  /** Null: none yet. */
  targets: number | null;
  arrived: number | null;
}

export interface Known extends TaskFacts {
  schedule: { result: ScheduleResult; exp: number; madeAt: number; dueAt: number } | undefined;
}

/** Adds what other tables have of tasks, by their primary keys. */
export async function factsOf(session: Session, app: string, candidates: Candidate[]): Promise<Map<string, Known>> {
  if (candidates.length === 0) return new Map();
  const keys = [candidates.map(({ task }) => [app, task])];
  const saved = await session.rows<{ task: string; kind: SavedTask['kind']; exp: number; stopped: number }>(
    `SELECT task_id AS task, kind, expires_at AS exp, stopped_at IS NOT NULL AS stopped
     FROM saved_task FORCE INDEX (PRIMARY) WHERE (app_id, task_id) IN (?)`,
    keys,
  );
  const schedules = await session.rows<{
    task: string;
    state: ScheduleState;
    madeAt: number;
    dueAt: number;
    exp: number;
  }>(
    `SELECT task_id AS task, state, created_at AS madeAt, due_at AS dueAt, expires_at AS exp
     FROM schedule FORCE INDEX (PRIMARY) WHERE (app_id, task_id) IN (?) ORDER BY task_id, part`,
    keys,
  );
  const planning = await session.rows<{ task: string }>(
    'SELECT task_id AS task FROM tag_job FORCE INDEX (PRIMARY) WHERE (app_id, task_id) IN (?) AND done = 0',
    keys,
  );
  const savedOf = new Map(saved.map(({ task, ...row }) => [task, { ...row, stopped: row.stopped !== 0 }]));
  const schedulesOf = Map.groupBy(schedules, ({ task }) => task);
  const inPlanning = new Set(planning.map(({ task }) => task));
  return new Map(
    candidates.map(({ task, at, targets, arrived }): [string, Known] => {
      const rows = schedulesOf.get(task);
      const kept = savedOf.get(task);
      const first = rows?.[0];
      const result = scheduleResultOf(
        (rows ?? []).map(({ state }) => state),
        kept?.stopped ?? false,
      );
      return [
        task,
        {
          ...{ task, at, targets: targets ?? 0, arrived: arrived ?? 0, saved: kept, planning: inPlanning.has(task) },
          schedule: first && { result, exp: first.exp, madeAt: first.madeAt, dueAt: first.dueAt },
        },
      ];
    }),
  );
}
