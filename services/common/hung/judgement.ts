/** What one look at a process has found. */
export interface Look {
  /** When the look began, ms on a clock that never goes back. */
  atMs: number;
  /** `unknown`: it is in another namespace of processes. */
  process: 'runs' | 'stopped' | 'gone' | 'unknown';
  /** Its live page; `silent`: the connection is taken and no answer comes; `refused`: nobody listens. */
  live: 'ok' | 'failing' | 'silent' | 'refused' | 'not asked';
}

/** In what way a process that is there doesn't work: `deaf` is one that doesn't listen. */
export const hungFaults = ['stopped', 'silent', 'failing', 'deaf'] as const;
export type HungFault = (typeof hungFaults)[number];

export interface Judgement {
  /** Of the last look. */
  fault: HungFault | undefined;
  /** Since when every look found a fault, and how many did. */
  sinceMs: number;
  looks: number;
  hung: boolean;
}

export const soundJudgement: Judgement = { fault: undefined, sinceMs: 0, looks: 0, hung: false };

/** How often a process is looked at, and how long its live page may take. */
export const lookEveryMs = 2_500;
/**
 * A process with a fault in every look for this long is hung: with the time between looks that is known 17.5 s after it hung.
 * Shorter pauses (a debugger, a machine that is saved, a disk that hangs) are left alone.
 */
export const hungAfterMs = 14_000;
/** Whoever ends such a process waits a little longer, so that it was reported first: it is ended within 24 s. */
export const endAfterMs = 20_000;
/** One that doesn't listen may be starting: as long as a pod's startup probe gives it. */
export const deafAfterMs = 60_000;
/** Looks at the least: whoever looks may have been stopped itself, and time alone proves nothing then. */
const leastLooks = 4;

/**
 * Whether a process hangs ("假死"): it is there, and is stopped, doesn't answer, or says itself that it makes no progress. One
 * that is busy and answers is sound; one that is gone isn't hung, it is down.
 *
 * @param nowMs when the look ended, on the same clock.
 * @param afterMs how long every look must have found a fault.
 */
export function judge(before: Judgement, look: Look, nowMs: number, afterMs = hungAfterMs): Judgement {
  const fault = faultOf(look);
  if (fault === undefined) return soundJudgement;
  const deaf = fault === 'deaf';
  // What hangs right after its start had the time of the start for that.
  const goesOn = before.looks > 0 && deaf === (before.fault === 'deaf');
  const sinceMs = goesOn ? before.sinceMs : look.atMs;
  const looks = goesOn ? before.looks + 1 : 1;
  const limitMs = deaf ? deafAfterMs : afterMs;
  return { fault, sinceMs, looks, hung: looks >= leastLooks && nowMs - sinceMs >= limitMs };
}

function faultOf({ process, live }: Look): HungFault | undefined {
  if (process === 'gone') return undefined;
  if (process === 'stopped') return 'stopped';
  switch (live) {
    case 'silent':
    case 'failing':
      return live;
    // Where the process can't be seen, nobody listening means that there is none.
    case 'refused':
      return process === 'runs' ? 'deaf' : undefined;
    case 'ok':
    case 'not asked':
      return undefined;
  }
}
