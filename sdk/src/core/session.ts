import { onClose } from './close-policy.ts';
import { heard, heartbeatDueAt, onHeartbeatDue, sent } from './heartbeat.ts';
import { onFrame } from './session-frames.ts';
import { backOff, hasSocket, only, open, ping, pingAgain, stop, waitUntil } from './session-moves.ts';
import type { Online, Session, SessionEvent, SessionRules, Step } from './session-types.ts';

export const newSession: Session = {
  phase: { name: 'idle' },
  socket: 0,
  attempt: 0,
  identity: undefined,
  renewed: false,
  kicked: undefined,
  refused: undefined,
  notBefore: 0,
};

/**
 * The rules of a device's one connection: registering, logging in, staying alive and coming back. It knows nothing of
 * what pushes hold and how they are stored.
 *
 * @param now ms of a monotonic clock
 */
export function step(session: Session, event: SessionEvent, now: number, rules: SessionRules): Step {
  const { phase } = session;
  if (phase.name === 'stopped') return only(session);
  // What a socket that was left still says belongs to nobody: the next one gets it again.
  if ('socket' in event && (event.socket !== session.socket || !hasSocket(phase))) return only(session);
  switch (event.type) {
    case 'start':
      return phase.name === 'idle' ? start({ ...session, identity: event.identity }, now, rules) : only(session);
    case 'opened':
      return phase.name === 'opening' ? onOpened(session, now, rules) : only(session);
    case 'noise':
      return only(alive(session, now));
    case 'frame':
      return onFrame(alive(session, now), event.frame, now, rules);
    case 'closed':
      return onClosed(session, event.code, now, rules);
    case 'signed':
      if (phase.name !== 'registering') return only(session);
      return { session, effects: [{ type: 'send', frame: event.register }] };
    case 'signFailed':
      return event.final ? stop(session, 'cannot_register') : backOff(session, now, rules);
    case 'sent':
      if (phase.name !== 'online') return only(session);
      return only({ ...session, phase: { ...phase, heartbeat: sent(phase.heartbeat, now) } });
    case 'networkChanged':
      if (phase.name === 'waiting') return isAsleep(session) ? only(session) : open(session, now, rules);
      return phase.name === 'online' ? ping(session, phase, now, rules.probeTimeoutMs) : only(session);
    case 'suspend':
      return phase.name === 'idle' || phase.name === 'leaving'
        ? only(session)
        : waitUntil(session, Number.POSITIVE_INFINITY);
    case 'wake':
      if (!isAsleep(session)) return only(session);
      return start({ ...session, identity: event.identity ?? session.identity }, now, rules);
    case 'overflow':
      return hasSocket(phase) ? backOff(session, now, rules) : only(session);
    case 'stop':
      return stop(session, event.reason);
    case 'logout':
      return onLogout(session, now, rules);
    case 'tick':
      return onTick(session, now, rules);
  }
}

/** When the session wants a `tick`, if nothing else happens before. */
export function dueAt({ phase }: Session): number | undefined {
  switch (phase.name) {
    case 'idle':
    case 'stopped':
      return undefined;
    case 'waiting':
      return phase.until === Number.POSITIVE_INFINITY ? undefined : phase.until;
    case 'online':
      return Math.min(heartbeatDueAt(phase.heartbeat), phase.leaveAt ?? Number.POSITIVE_INFINITY);
    case 'opening':
    case 'registering':
    case 'loggingIn':
    case 'leaving':
      return phase.by;
  }
}

export function isAsleep({ phase }: Session): boolean {
  return phase.name === 'waiting' && phase.until === Number.POSITIVE_INFINITY;
}

function start(session: Session, now: number, rules: SessionRules): Step {
  if (session.identity === undefined && !rules.canRegister) return stop(session, 'cannot_register');
  return open(session, now, rules);
}

function onOpened(session: Session, now: number, rules: SessionRules): Step {
  const { identity, socket } = session;
  const by = now + rules.loginTimeoutMs;
  if (identity === undefined) {
    return { session: { ...session, phase: { name: 'registering', by } }, effects: [{ type: 'sign', socket }] };
  }
  return {
    session: { ...session, phase: { name: 'loggingIn', by, identity } },
    effects: [{ type: 'login', identity }],
  };
}

function onClosed(session: Session, code: number, now: number, rules: SessionRules): Step {
  const { phase } = session;
  if (phase.name === 'leaving') return stop(session, 'logout');
  const action = onClose(code, session.kicked);
  switch (action.do) {
    case 'stop':
      return stop(session, action.reason);
    case 'renew':
      if (passes(session, rules)) return backOff(session, now, rules);
      // Only once until a welcome: a server that refuses a fresh identity too would go on for ever.
      if (session.identity === undefined || session.renewed || !rules.canRegister) return stop(session, 'refused');
      return backOff({ ...session, identity: undefined, renewed: true }, now, rules);
    case 'reconnect':
      if (phase.name === 'online' && phase.leaveAt !== undefined)
        return waitUntil(session, Math.max(now, phase.leaveAt));
      return backOff(session, now, rules);
  }
}

/** Whether a refusal may be another one next time: of a clock that is corrected by then, a nonce, or a sign from elsewhere. */
function passes({ identity, refused }: Session, { signMayRecover }: SessionRules): boolean {
  if (refused === 'clock' || refused === 'nonce') return true;
  return identity === undefined && refused !== 'token' && signMayRecover;
}

function onLogout(session: Session, now: number, rules: SessionRules): Step {
  if (session.phase.name === 'leaving') return only(session);
  if (session.phase.name !== 'online') return stop(session, 'logout');
  return {
    session: { ...session, phase: { name: 'leaving', by: now + rules.loginTimeoutMs } },
    effects: [{ type: 'send', frame: { t: 'logout' } }],
  };
}

function onTick(session: Session, now: number, rules: SessionRules): Step {
  const due = dueAt(session);
  const { phase } = session;
  if (due === undefined || now < due) return only(session);
  switch (phase.name) {
    case 'idle':
    case 'stopped':
      return only(session);
    case 'waiting':
      return open(session, now, rules);
    case 'leaving':
      return stop(session, 'logout');
    case 'opening':
    case 'registering':
    case 'loggingIn':
      return backOff(session, now, rules);
    case 'online':
      if (phase.leaveAt !== undefined && now >= phase.leaveAt) {
        const attempt = now - phase.since >= rules.stableMs ? 0 : session.attempt;
        return open({ ...session, attempt }, now, rules);
      }
      return onHeartbeat(session, phase, now, rules);
  }
}

function onHeartbeat(session: Session, phase: Online, now: number, rules: SessionRules): Step {
  switch (onHeartbeatDue(phase.heartbeat, now)) {
    case 'ping':
      return ping(session, phase, now);
    case 'pingAgain':
      return pingAgain(session, phase, now, rules);
    case 'dead':
      return backOff(session, now, rules);
  }
}

function alive(session: Session, now: number): Session {
  const { phase } = session;
  if (phase.name !== 'online') return session;
  return { ...session, phase: { ...phase, heartbeat: heard(phase.heartbeat, now) } };
}
