import { onClose } from './close-policy.ts';
import { heard, heartbeatDueAt, isLate, sent } from './heartbeat.ts';
import { onFrame } from './session-frames.ts';
import { backOff, endBackoff, hasSocket, logIn, open, ping, stop, waitUntil } from './session-moves.ts';
import {
  type Draft,
  type Effect,
  never,
  type Session,
  type SessionEvent,
  type SessionRules,
  type Step,
} from './session-types.ts';

export const newSession: Session = { phase: { name: 'starting' }, socket: 0, attempt: 0, renewed: false, notBefore: 0 };

/**
 * The rules of a device's one connection: registering, logging in, staying alive and coming back. It knows nothing of
 * what pushes hold and how they are stored.
 *
 * @param now ms of a monotonic clock
 */
export function step(before: Session, event: SessionEvent, now: number, rules: SessionRules): Step {
  const session = { ...before };
  return { session, effects: on(session, event, now, rules) };
}

/** When the session wants a `tick`, if nothing else happens before. */
export function dueAt({ phase }: Session): number {
  if (phase.name === 'online') return Math.min(heartbeatDueAt(phase.heartbeat), phase.leaveAt);
  return 'until' in phase ? phase.until : never;
}

function on(session: Draft, event: SessionEvent, now: number, rules: SessionRules): Effect[] {
  const { phase } = session;
  const asleep = phase.name === 'waiting' && phase.until === never;
  if (phase.name === 'stopped') return [];
  // What a socket that was left still says belongs to nobody: the next one gets it again.
  if ('socket' in event && (event.socket !== session.socket || !hasSocket(session))) return [];
  switch (event.type) {
    case 'start':
      if (phase.name !== 'starting' && !asleep) break;
      session.identity = event.identity ?? session.identity;
      if (session.identity === undefined && !rules.canRegister) return stop(session, 'cannot_register');
      return open(session, now, rules);
    case 'opened':
      if (phase.name !== 'opening') break;
      if (session.identity !== undefined) return logIn(session, now, rules);
      session.phase = { name: 'registering', until: now + rules.loginTimeoutMs };
      return [{ type: 'sign', socket: event.socket }];
    case 'frame':
      if (phase.name === 'online') session.phase = { ...phase, heartbeat: heard(phase.heartbeat, now) };
      return event.frame ? onFrame(session, event.frame, now, rules) : [];
    case 'closed':
      return onClosed(session, event.code, now, rules);
    case 'signed':
      return phase.name === 'registering' ? [{ type: 'send', frame: event.register }] : [];
    case 'signFailed':
      return event.final ? stop(session, 'cannot_register') : backOff(session, now, rules);
    case 'sent':
      if (phase.name === 'online') session.phase = { ...phase, heartbeat: sent(phase.heartbeat, now) };
      break;
    case 'networkChanged':
      if (phase.name === 'online') return ping(session, phase, now, rules.probeTimeoutMs);
      return phase.name === 'waiting' && !asleep ? open(session, now, rules) : [];
    case 'suspend':
      return phase.name === 'starting' || phase.name === 'leaving' ? [] : waitUntil(session, never);
    case 'overflow':
      return hasSocket(session) ? backOff(session, now, rules) : [];
    case 'stop':
      return stop(session, event.reason);
    case 'logout':
      if (phase.name === 'leaving') break;
      if (phase.name !== 'online') return stop(session, 'logout');
      session.phase = { name: 'leaving', until: now + rules.loginTimeoutMs };
      return [{ type: 'send', frame: { t: 'logout' } }];
    case 'tick':
      return now < dueAt(session) ? [] : onDue(session, now, rules);
  }
  return [];
}

function onClosed(session: Draft, code: number, now: number, rules: SessionRules): Effect[] {
  const { phase } = session;
  if (phase.name === 'leaving') return stop(session, 'logout');
  const next = onClose(code, session.kicked);
  if (next === 'reconnect') {
    if (phase.name === 'online' && phase.leaveAt < never) return waitUntil(session, Math.max(now, phase.leaveAt));
  } else if (next !== 'renew') {
    return stop(session, next);
  } else if (!passes(session, rules)) {
    // Only once until a welcome: a server that refuses a fresh identity too would go on for ever.
    if (session.identity === undefined || session.renewed || !rules.canRegister) return stop(session, 'refused');
    session.identity = undefined;
    session.renewed = true;
  }
  return backOff(session, now, rules);
}

/** Whether a refusal may be another one next time: of a clock that is corrected by then, a nonce, or a sign from elsewhere. */
function passes({ identity, refused }: Session, rules: SessionRules): boolean {
  if (refused === 'clock' || refused === 'nonce') return true;
  return identity === undefined && refused !== 'token' && rules.signMayRecover;
}

/** What was waited for came to its time. */
function onDue(session: Draft, now: number, rules: SessionRules): Effect[] {
  const { phase } = session;
  if (phase.name === 'waiting') return open(session, now, rules);
  if (phase.name === 'leaving') return stop(session, 'logout');
  if (phase.name !== 'online') return backOff(session, now, rules);
  if (now >= phase.leaveAt) {
    endBackoff(session, now, rules);
    return open(session, now, rules);
  }
  const { heartbeat } = phase;
  if (heartbeat.unanswered === undefined) return ping(session, phase, now);
  return isLate(heartbeat, now) ? ping(session, phase, now, rules.probeTimeoutMs, true) : backOff(session, now, rules);
}
