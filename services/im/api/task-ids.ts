import { createHash } from 'node:crypto';

/** What a task's id says it is: RASS one device or a few, RASL lists, RASA a whole app or the devices of a tag. */
export type TaskPrefix = 'RASS' | 'RASL' | 'RASA';

/** The UTC day of a time, MMDD. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(5, 10).replace('-', '');
}

/** The id of a task: the same whenever the same request is worked on, so that a repeat after a crash is the same task. */
export function taskIdOf(prefix: TaskPrefix, app: string, requestId: string, day: string): string {
  const digest = createHash('sha256').update(`${app}\n${requestId}\n${day}`).digest('hex');
  return `${prefix}_${day}_${digest.slice(0, 40)}`;
}

/** Whether an answer that was kept is the id of a task of this kind. */
export function isTaskId(prefix: TaskPrefix): (answer: unknown) => boolean {
  return (answer) => typeof answer === 'string' && answer.startsWith(prefix);
}

/** The id of a single push. */
export function singleTaskId(app: string, requestId: string, day: string): string {
  return taskIdOf('RASS', app, requestId, day);
}
