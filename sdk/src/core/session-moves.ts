import { backoffMs } from './backoff.ts';
import type { StopReason } from './close-policy.ts';
import { pinged, pingedAgain } from './heartbeat.ts';
import type { Effect, Online, Phase, Session, SessionRules, Step } from './session-types.ts';

/** Whether there is a socket that may still speak. */
export function hasSocket(phase: Phase): boolean {
  return phase.name !== 'idle' && phase.name !== 'waiting' && phase.name !== 'stopped';
}

export function only(session: Session): Step {
  return { session, effects: [] };
}

/** Leaves the socket there is, and opens a new one at once. */
export function open(session: Session, now: number, rules: SessionRules): Step {
  const socket = session.socket + 1;
  return {
    session: {
      ...session,
      socket,
      kicked: undefined,
      refused: undefined,
      notBefore: 0,
      phase: { name: 'opening', by: now + rules.openTimeoutMs },
    },
    effects: [...leave(session), { type: 'open', socket }],
  };
}

/** Leaves the socket there is and comes back later: after a backoff. */
export function backOff(session: Session, now: number, rules: SessionRules): Step {
  const { phase } = session;
  const stable = phase.name === 'online' && now - phase.since >= rules.stableMs;
  const attempt = stable ? 0 : session.attempt;
  const waitMs = backoffMs(attempt, rules.reconnectMinMs, rules.reconnectMaxMs, rules.random);
  return waitUntil({ ...session, attempt: attempt + 1 }, Math.max(now + waitMs, session.notBefore));
}

export function waitUntil(session: Session, until: number): Step {
  return { session: { ...session, phase: { name: 'waiting', until } }, effects: leave(session) };
}

export function stop(session: Session, reason: StopReason): Step {
  return { session: { ...session, phase: { name: 'stopped', reason } }, effects: leave(session) };
}

/** @param withinMs how long the server may take to answer, if less than half a heartbeat. */
export function ping(session: Session, phase: Online, now: number, withinMs?: number): Step {
  return {
    session: { ...session, phase: { ...phase, heartbeat: pinged(phase.heartbeat, now, withinMs) } },
    effects: [{ type: 'send', frame: { t: 'ping' } }],
  };
}

export function pingAgain(session: Session, phase: Online, now: number, rules: SessionRules): Step {
  return {
    session: { ...session, phase: { ...phase, heartbeat: pingedAgain(phase.heartbeat, now, rules.probeTimeoutMs) } },
    effects: [{ type: 'send', frame: { t: 'ping' } }],
  };
}

function leave({ phase, socket }: Session): Effect[] {
  return hasSocket(phase) ? [{ type: 'close', socket }] : [];
}
