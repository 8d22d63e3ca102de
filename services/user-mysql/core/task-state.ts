import { maxTtlMs } from '../../common/protocol/rest/settings.ts';
import type { SavedTask } from '../../common/protocol/saved-task-calls.ts';
import type { ScheduleResult } from '../../common/protocol/schedule-calls.ts';
import { isBroadcast } from '../../common/protocol/task-ids.ts';
import type { TaskAudience, TaskState } from '../../common/protocol/task-list-calls.ts';

/** What is known of a task. */
export interface TaskFacts {
  task: string;
  /** When it was made or is due. */
  at: number;
  /** Devices that it is for, as far as they are known, and those that have it. */
  targets: number;
  arrived: number;
  /** Of one that is kept with its message. */
  saved: { kind: SavedTask['kind']; exp: number; stopped: boolean } | undefined;
  schedule: { result: ScheduleResult; exp: number } | undefined;
  /** Devices of its tags are still being looked for. */
  planning: boolean;
}

export function audienceOf({ task, saved }: Pick<TaskFacts, 'task' | 'saved'>): TaskAudience {
  if (saved) return saved.kind;
  if (task.startsWith('RASA')) return isBroadcast(task) ? 'all' : 'tag';
  return task.startsWith('RASL') ? 'list' : 'single';
}

/** From when on nothing of a task arrives any more. Of a push to one device no expiry is kept: the longest one counts. */
export function endOf({ at, saved, schedule }: Pick<TaskFacts, 'at' | 'saved' | 'schedule'>): number {
  return saved?.exp ?? schedule?.exp ?? at + maxTtlMs;
}

export function taskStateOf(facts: TaskFacts, now: number): TaskState {
  const { targets, arrived, saved, schedule, planning } = facts;
  if (saved?.stopped || schedule?.result === 'cancelled') return 'stopped';
  if (schedule?.result === 'failed' || now >= endOf(facts)) return 'done';
  if (schedule?.result === 'waiting') return 'scheduled';
  if (planning) return 'running';
  if (targets === 0) return saved || schedule ? 'running' : 'unknown';
  return arrived >= targets ? 'done' : 'running';
}
