import { Check } from 'typebox/value';
import { TaskKey } from '../../common/protocol/task-list-calls.ts';
import { badField } from './fault.ts';

/** A task's place as the key of a page: `TIME_TASK`. */
export function textOfKey(key: TaskKey | null): string | null {
  return key && `${key.at}_${key.task}`;
}

/** @throws ConsoleFault for a text that isn't one */
export function keyOfText(text: string | undefined): TaskKey | null {
  if (text === undefined) return null;
  const underscore = text.indexOf('_');
  const key = { at: Number(text.slice(0, underscore)), task: text.slice(underscore + 1) };
  if (underscore <= 0 || !Check(TaskKey, key)) throw badField('after', 'no_page_key', '`next` of the page before');
  return key;
}
