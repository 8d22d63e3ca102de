import type { ScheduleResult } from '../../common/protocol/schedule-calls.ts';

/** A row's state; `list` is a saved message that lists are pushed of, each with a row of its own. */
export type ScheduleState = ScheduleResult | 'list';

/** What became of a task, from the states of all its rows. @param stopped the task itself was stopped. */
export function scheduleResultOf(states: ScheduleState[], stopped: boolean): ScheduleResult {
  const sendable = states.filter((state) => state !== 'list');
  if (sendable.includes('failed')) return 'failed';
  if (sendable.includes('waiting')) return stopped ? 'cancelled' : 'waiting';
  if (sendable.includes('sent')) return 'sent';
  return stopped || !states.includes('list') ? 'cancelled' : 'waiting';
}
