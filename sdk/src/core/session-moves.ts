import { backoffMs } from './backoff.ts';
import type { StopReason } from './close-policy.ts';
import { pinged } from './heartbeat.ts';
import {
  type Draft,
  type Effect,
  never,
  type Online,
  type Phase,
  type Session,
  type SessionRules,
} from './session-types.ts';

// Each changes the draft and answers what is to be done.

/** Whether there is a socket that may still speak. */
export function hasSocket({ phase }: Session): boolean {
  return phase.name !== 'starting' && phase.name !== 'waiting' && phase.name !== 'stopped';
}

/** Leaves the socket there is, and opens a new one: at once, or when the server wants it. */
export function open(session: Draft, now: number, rules: SessionRules): Effect[] {
  if (session.kicked) return stop(session, session.kicked);
  if (now < session.notBefore) return waitUntil(session, session.notBefore);
  const effects = leave(session, { name: 'opening', until: now + rules.openTimeoutMs });
  session.refused = undefined;
  session.notBefore = 0;
  return [...effects, { type: 'open', socket: ++session.socket }];
}

/** The socket is open, and the identity known. */
export function logIn(session: Draft, now: number, rules: SessionRules): Effect[] {
  const identity = session.identity!;
  session.phase = { name: 'loggingIn', until: now + rules.loginTimeoutMs, identity };
  return [{ type: 'login', identity }];
}

/** Leaves the socket there is and comes back later: after a backoff. */
export function backOff(session: Draft, now: number, rules: SessionRules): Effect[] {
  endBackoff(session, now, rules);
  const waitMs = backoffMs(session.attempt++, rules.reconnectMinMs, rules.reconnectMaxMs, rules.random);
  return waitUntil(session, Math.max(now + waitMs, session.notBefore));
}

/** A connection that held makes up for the failed tries before it. */
export function endBackoff(session: Draft, now: number, rules: SessionRules): void {
  const { phase } = session;
  if (phase.name === 'online' && now - phase.since >= rules.stableMs) session.attempt = 0;
}

export function waitUntil(session: Draft, until: number): Effect[] {
  // Where the network goes, nothing is heard of the close that comes after a kick.
  if (session.kicked) return stop(session, session.kicked);
  return leave(session, { name: 'waiting', until });
}

export function stop(session: Draft, reason: StopReason): Effect[] {
  return leave(session, { name: 'stopped', reason });
}

/** @param withinMs how long the server may take to answer, if less than half a heartbeat. */
export function ping(session: Draft, phase: Online, now: number, withinMs = never, again = false): Effect[] {
  session.phase = { ...phase, heartbeat: pinged(phase.heartbeat, now, withinMs, again) };
  return [{ type: 'send', frame: { t: 'ping' } }];
}

function leave(session: Draft, phase: Phase): Effect[] {
  const effects: Effect[] = hasSocket(session) ? [{ type: 'close' }] : [];
  session.phase = phase;
  return effects;
}
