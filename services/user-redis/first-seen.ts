import type { Keys } from './keys.ts';
import { command, type Step } from './store.ts';

interface StoredRecord {
  id: string;
  seq: number;
  task: string;
  exp: number;
  stored: boolean;
  body: string;
}

/** How long a record's id is remembered at the least, so that a copy of it at a later position is passed over. */
const recordMemoryMs = 600_000;
/** How much longer than its references a body is kept. */
export const bodySlackMs = 60_000;

/**
 * Whether a record is all of its task and has one device: what is remembered of it can be beside what is the device's, and is looked at in
 * the same step.
 */
export function isAlone({ id, task, cids }: { id: string; task: string; cids: string[] }): boolean {
  return id === task && cids.length === 1;
}

/** Until when a record is remembered, ms since the Unix epoch. */
export function rememberedUntil({ exp }: Pick<StoredRecord, 'exp'>, now: number): number {
  return Math.max(now + recordMemoryMs, exp);
}

/** Keeps a task's body. The first one stays. */
export function bodyStep(
  keys: Keys,
  { task, body, exp }: Pick<StoredRecord, 'task' | 'body' | 'exp'>,
  now: number,
): Step {
  return command('SET', keys.body(task), body, 'PX', bodyTtlMs(exp, now), 'NX');
}

/** How long a body is kept, ms. */
export function bodyTtlMs(exp: number, now: number): number {
  return Math.max(1, exp - now) + bodySlackMs;
}

/**
 * Remembers a record's position and keeps its task's body, and asks whether the task was stopped: an empty body says so,
 * and as the first one stays, no copy of the record brings the message back. Of a push that is one record alone nothing
 * is asked: single pushes can't be stopped.
 */
export function rememberSteps(keys: Keys, record: StoredRecord, now: number): Step[] {
  const { id, seq, task, stored } = record;
  const steps = [command('SET', keys.record(id), seq, 'PXAT', rememberedUntil(record, now), 'NX', 'GET')];
  if (stored) steps.push(bodyStep(keys, record, now));
  // Asked after the body was kept, and a stop empties it in one step: one of the two sees the other.
  if (id !== task) steps.push(stored ? command('STRLEN', keys.body(task)) : command('GET', keys.body(task)));
  return steps;
}

/** From the replies to those steps: whether the record is to be passed over. */
export function isPassedOver(record: StoredRecord, replies: unknown[]): boolean {
  const first = replies[0] as string | null;
  if (first !== null && Number(first) !== record.seq) return true;
  if (record.id === record.task) return false;
  return replies.at(-1) === (record.stored ? 0 : '');
}
