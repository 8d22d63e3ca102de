import type { Push, ServerFrame } from '../frames.ts';
import { isPosition } from './checks.ts';
import { logIn } from './session-moves.ts';
import { type Draft, type Effect, never, type SessionRules } from './session-types.ts';

/** What a frame from the server does. One that makes no sense in the phase is passed over. */
export function onFrame(session: Draft, frame: ServerFrame, now: number, rules: SessionRules): Effect[] {
  const { phase } = session;
  const identity = 'identity' in phase ? phase.identity : undefined;
  switch (frame.t) {
    case 'registered': {
      if (phase.name !== 'registering') break;
      session.identity = { cid: frame.cid, token: frame.token };
      return [{ type: 'registered', identity: session.identity }, ...logIn(session, now, rules)];
    }
    case 'welcome': {
      if (phase.name !== 'loggingIn') break;
      session.renewed = false;
      session.phase = {
        ...{ name: 'online', identity: phase.identity, since: now, leaveAt: never },
        heartbeat: { intervalMs: frame.heartbeat * 1_000, sentAt: now, heardAt: now },
      };
      return [...time(frame.serverTime), { type: 'welcome', bseq: frame.bseq, cid: phase.identity.cid }];
    }
    case 'push': {
      const { t: _, ...push } = frame;
      // One that outran the welcome is taken too: passing it over and finishing a later one would lose it.
      return identity ? [{ type: 'push', push: push as Push, cid: identity.cid }] : [];
    }
    case 'reconnect': {
      /** Longest time a server may ask a device to stay away. */
      const maxAfterMs = 300_000;
      // Also before a refusal: its close follows at once.
      session.notBefore = now + Math.min(frame.after, maxAfterMs);
      if (phase.name === 'online') session.phase = { ...phase, leaveAt: session.notBefore };
      break;
    }
    case 'kick':
      session.kicked = frame.reason;
      break;
    case 'ok':
      return [{ type: 'answer', frame }];
    case 'error':
      if (frame.rid !== undefined) return [{ type: 'answer', frame }];
      session.refused = frame.reason ?? session.refused;
      return [
        ...time(frame.serverTime),
        { type: 'fault', message: `${frame.code}: ${frame.message}` },
        ...(frame.code === 'bad_position' && frame.field && identity
          ? [{ type: 'forget' as const, field: frame.field, cid: identity.cid }]
          : []),
      ];
  }
  return [];
}

/** None of a server that says something else than a time. */
function time(serverTime: number | undefined): Effect[] {
  return serverTime && isPosition(serverTime) ? [{ type: 'time', serverTime }] : [];
}
