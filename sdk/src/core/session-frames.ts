import type { ServerFrame } from '../frames.ts';
import { startHeartbeat } from './heartbeat.ts';
import { only } from './session-moves.ts';
import type { Effect, Session, SessionRules, Step } from './session-types.ts';

/** Longest time a server may ask a device to stay away. */
const maxAfterMs = 300_000;

/** What a frame from the server does. One that makes no sense in the phase is passed over. */
export function onFrame(session: Session, frame: ServerFrame, now: number, rules: SessionRules): Step {
  const { phase } = session;
  switch (frame.t) {
    case 'registered': {
      if (phase.name !== 'registering') return only(session);
      const identity = { cid: frame.cid, token: frame.token };
      return {
        session: { ...session, identity, phase: { name: 'loggingIn', by: now + rules.loginTimeoutMs, identity } },
        effects: [
          { type: 'registered', identity },
          { type: 'login', identity },
        ],
      };
    }
    case 'welcome': {
      if (phase.name !== 'loggingIn') return only(session);
      const heartbeat = startHeartbeat(frame.heartbeat * 1_000, now);
      return {
        session: {
          ...session,
          renewed: false,
          phase: { name: 'online', identity: phase.identity, since: now, heartbeat, leaveAt: undefined },
        },
        effects: [...time(frame.serverTime), { type: 'welcome', bseq: frame.bseq, cid: phase.identity.cid }],
      };
    }
    case 'push':
      // One that outran the welcome is taken too: passing it over and finishing a later one would lose it.
      if (phase.name !== 'online' && phase.name !== 'loggingIn') return only(session);
      return { session, effects: [{ type: 'push', push: frame, cid: phase.identity.cid }] };
    case 'reconnect': {
      const moment = now + Math.min(frame.after, maxAfterMs);
      // Before a refusal: its close follows at once.
      if (phase.name !== 'online') return only({ ...session, notBefore: moment });
      return only({ ...session, phase: { ...phase, leaveAt: moment } });
    }
    case 'kick':
      return only({ ...session, kicked: frame.reason });
    case 'ok':
      return { session, effects: [{ type: 'answer', frame }] };
    case 'error':
      if (frame.rid !== undefined) return { session, effects: [{ type: 'answer', frame }] };
      return {
        session: { ...session, refused: frame.reason ?? session.refused },
        effects: [
          ...time(frame.serverTime),
          { type: 'fault', message: `${frame.code}: ${frame.message}` },
          ...(frame.code === 'bad_position' && frame.field !== undefined && 'identity' in phase
            ? [{ type: 'forget' as const, field: frame.field, cid: phase.identity.cid }]
            : []),
        ],
      };
    case 'pong':
      return only(session);
  }
}

/** None of a server that says something else than a time. */
function time(serverTime: unknown): Effect[] {
  return Number.isSafeInteger(serverTime) && (serverTime as number) > 0
    ? [{ type: 'time', serverTime: serverTime as number }]
    : [];
}
