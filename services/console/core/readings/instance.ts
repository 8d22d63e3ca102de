import { type Judgement, judge, type Look, soundJudgement } from '../../../common/hung/judgement.ts';
import type { InstanceState } from '../../calls/overview.ts';
import type { Reading } from './reading.ts';
import { type Change, changeOf } from './window.ts';

/** What one look at an instance has found. */
export type PageLook =
  | { kind: 'answered'; ready: boolean; faults: string[]; live: boolean; reading: Reading }
  /** The connection is taken and no answer comes in time, or one that can't be read. */
  | { kind: 'silent'; why: string }
  /** Nobody listens there. */
  | { kind: 'refused' };

/** An instance as it has been seen so far. */
export interface Seen {
  state: InstanceState;
  /** ms since the epoch. */
  since: number;
  faults: string[];
  judgement: Judgement;
  /** Whether it answered the last look. */
  answers: boolean;
  /** Of the time that rates are made of, oldest first; none once it is silent or gone. */
  readings: Reading[];
}

export const unseen: Seen = {
  state: 'gone',
  since: 0,
  faults: [],
  judgement: soundJudgement,
  answers: false,
  readings: [],
};

/** Rates and quantiles are of this time. */
export const windowMs = 10_000;

/**
 * @param beganMs when the look began and @param endedMs when it ended, on a clock that never goes back.
 * @param now ms since the epoch.
 */
export function seenAgain(before: Seen, look: PageLook, beganMs: number, endedMs: number, now: number): Seen {
  const judgement = judge(before.judgement, asLook(look, beganMs), endedMs);
  const state = stateOf(look, judgement);
  const since = state === before.state && before.since > 0 ? before.since : now;
  const answers = look.kind === 'answered';
  return { state, since, faults: faultsOf(look, judgement), judgement, answers, readings: readingsOf(before, look) };
}

/** What was counted in the last `windowMs`; undefined until there are two readings. */
export function lastChange({ answers, readings }: Seen): Change | undefined {
  if (!answers) return undefined;
  const [first] = readings;
  const last = readings.at(-1);
  return first && last && first !== last ? changeOf(first, last) : undefined;
}

function asLook(look: PageLook, atMs: number): Look {
  const live = look.kind === 'answered' ? (look.live ? 'ok' : 'failing') : look.kind;
  return { atMs, process: 'unknown', live };
}

function stateOf(look: PageLook, { hung }: Judgement): InstanceState {
  if (hung) return 'hung';
  switch (look.kind) {
    case 'answered':
      return look.ready ? 'ready' : 'not_ready';
    case 'silent':
      return 'not_ready';
    case 'refused':
      return 'gone';
  }
}

function faultsOf(look: PageLook, { hung, fault }: Judgement): string[] {
  const own = look.kind === 'answered' ? look.faults : look.kind === 'silent' ? [look.why] : [];
  return hung && fault ? [fault, ...own] : own;
}

function readingsOf({ readings }: Seen, look: PageLook): Reading[] {
  // A pause is not a slow time: after it rates begin anew.
  if (look.kind !== 'answered') return look.kind === 'silent' ? readings.slice(-1) : [];
  const newest = look.reading;
  // One reading older than the window stays where there would be one alone.
  const kept = readings.filter(({ atMs }) => newest.atMs - atMs <= windowMs);
  return [...(kept.length > 0 ? kept : readings.slice(-1)), newest];
}
