import { hash } from 'node:crypto';

/** What a task's id says it is: RASS one device or a few, RASL lists, RASA a whole app or the devices of a tag. */
export type TaskPrefix = 'RASS' | 'RASL' | 'RASA';

const dayMs = 86_400_000;
let last = { number: -1, day: '' };

/** The UTC day of a time, MMDD. */
export function dayOf(timeMs: number): string {
  const number = Math.floor(timeMs / dayMs);
  // Nearly always the day of the call before.
  if (number !== last.number) last = { number, day: new Date(timeMs).toISOString().slice(5, 10).replace('-', '') };
  return last.day;
}

/** The id of a task: the same whenever the same request is worked on, so that a repeat after a crash is the same task. */
export function taskIdOf(prefix: TaskPrefix, app: string, requestId: string, day: string): string {
  return `${prefix}_${day}_${digestOf(app, requestId, day).slice(0, 40)}`;
}

/** Whether an answer that was kept is the id of a task of this kind. */
export function isTaskId(prefix: TaskPrefix): (answer: unknown) => boolean {
  return (answer) => typeof answer === 'string' && answer.startsWith(prefix);
}

/** The id of a single push. */
export function singleTaskId(app: string, requestId: string, day: string): string {
  return taskIdOf('RASS', app, requestId, day);
}

/**
 * The id of a broadcast, which says that it is one: what happens to it on a device is counted without the device having
 * been a target of its own.
 */
export function broadcastTaskId(app: string, requestId: string, day: string): string {
  return `RASA_${day}_all${digestOf(app, requestId, day).slice(0, 37)}`;
}

export function isBroadcast(task: string): boolean {
  return /^RASA_\d{4}_all/.test(task);
}

/**
 * The beginning of an id, down to at least six digits of its digest: of a million tasks of a day less than one in sixteen such
 * beginnings is that of another one too.
 */
export const taskIdBeginning = '^RAS[SLA]_[0-9]{4}_(all)?[0-9a-f]{6,39}$';

function digestOf(app: string, requestId: string, day: string): string {
  return hash('sha256', `${app}\n${requestId}\n${day}`);
}
