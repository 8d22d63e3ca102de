package dev.longwire.sdk.core;

import dev.longwire.sdk.StopReason;

/**
 * The rules of a device's one connection: registering, logging in, staying alive and coming back. It knows nothing of
 * what pushes hold and how they are stored.
 */
public final class SessionStep {
    private SessionStep() {}

    /** @param now ms of a monotonic clock */
    public static Step step(Session session, Input input, long now, SessionRules rules) {
        Phase phase = session.phase;
        if (phase instanceof Phase.Stopped) {
            return Step.only(session);
        }
        // What a socket that was left still says belongs to nobody: the next one gets it again.
        if (input.isOfSocket() && (input.socket != session.socket || !phase.hasSocket())) {
            return Step.only(session);
        }
        switch (input.kind) {
            case START:
                return phase instanceof Phase.Idle ? start(session.as(input.identity), now, rules) : Step.only(session);
            case OPENED:
                return phase instanceof Phase.Opening ? onOpened(session, now, rules) : Step.only(session);
            case NOISE:
                return Step.only(alive(session, now));
            case FRAME:
                return SessionFrames.onFrame(alive(session, now), input.frame, now, rules);
            case CLOSED:
                return onClosed(session, input, now, rules);
            case SIGNED:
                return phase instanceof Phase.Registering ? Step.of(session, Effect.send(input.register)) : Step.only(session);
            case SIGN_FAILED:
                return SessionMoves.backOff(session, now, rules);
            case SENT:
                return Step.only(onSent(session, now));
            case NETWORK_CHANGED:
                return onNetworkChanged(session, now, rules);
            case OVERFLOW:
                return phase.hasSocket() ? SessionMoves.backOff(session, now, rules) : Step.only(session);
            case STOP:
                return SessionMoves.stop(session, input.reason);
            case LOGOUT:
                return onLogout(session, now, rules);
            case TICK:
                return onTick(session, now, rules);
            default:
                throw new AssertionError(input.kind);
        }
    }

    private static Step start(Session session, long now, SessionRules rules) {
        if (session.identity == null && !rules.canRegister) {
            return SessionMoves.stop(session, StopReason.CANNOT_REGISTER);
        }
        return SessionMoves.open(session, now, rules);
    }

    private static Step onOpened(Session session, long now, SessionRules rules) {
        long by = now + rules.loginTimeoutMs;
        if (session.identity == null) {
            return Step.of(session.in(new Phase.Registering(by)), Effect.ofSocket(Effect.Kind.SIGN, session.socket));
        }
        return Step.of(session.in(new Phase.LoggingIn(by, session.identity)), Effect.of(Effect.Kind.LOGIN, session.identity, null));
    }

    private static Step onClosed(Session session, Input closed, long now, SessionRules rules) {
        if (session.phase instanceof Phase.Leaving) {
            return SessionMoves.stop(session, StopReason.LOGOUT);
        }
        StopReason reason = ClosePolicy.stops(closed.code, session.kicked);
        if (reason != null) {
            return SessionMoves.stop(session, reason);
        }
        if (closed.code == ClosePolicy.REFUSED) {
            return onRefused(session, now, rules);
        }
        if (session.phase instanceof Phase.Online && ((Phase.Online) session.phase).leaveAt != null) {
            long leaveAt = ((Phase.Online) session.phase).leaveAt;
            return SessionMoves.waitUntil(session, Math.max(now, leaveAt), leaveAt);
        }
        long after = Math.min(closed.retryAfterMs, SessionMoves.MAX_AFTER_MS);
        Session next = after <= 0 ? session : session.notBefore(Math.max(session.notBefore, now + after));
        return SessionMoves.backOff(next, now, rules);
    }

    private static Step onRefused(Session session, long now, SessionRules rules) {
        String reason = session.refusal == null ? null : session.refusal.reason;
        // A clock that was corrected and a fresh nonce may do: nothing is wrong with the credentials.
        if ("clock".equals(reason) || "nonce".equals(reason)) {
            return SessionMoves.backOff(session, now, rules);
        }
        if (session.identity == null) {
            return rules.signingMayRecover ? SessionMoves.backOff(session, now, rules) : SessionMoves.stop(session, StopReason.REFUSED);
        }
        // Only once until a welcome: a server that refuses a fresh identity too would go on for ever.
        if (session.renewed || !rules.canRegister) {
            return SessionMoves.stop(session, StopReason.REFUSED);
        }
        return SessionMoves.backOff(session.renewing(true), now, rules);
    }

    private static Step onNetworkChanged(Session session, long now, SessionRules rules) {
        Phase phase = session.phase;
        if (phase instanceof Phase.Online) {
            return SessionMoves.ping(session, (Phase.Online) phase, now, rules.probeTimeoutMs);
        }
        boolean mayOpen = phase instanceof Phase.Waiting && now >= ((Phase.Waiting) phase).notBefore;
        return mayOpen ? SessionMoves.open(session, now, rules) : Step.only(session);
    }

    private static Step onLogout(Session session, long now, SessionRules rules) {
        if (session.phase instanceof Phase.Leaving) {
            return Step.only(session);
        }
        if (!(session.phase instanceof Phase.Online)) {
            return SessionMoves.stop(session, StopReason.LOGOUT);
        }
        return Step.of(session.in(new Phase.Leaving(now + rules.loginTimeoutMs)), Effect.send(Frames.LOGOUT));
    }

    private static Step onTick(Session session, long now, SessionRules rules) {
        Phase phase = session.phase;
        Long due = phase.dueAt();
        if (due == null || now < due) {
            return Step.only(session);
        }
        if (phase instanceof Phase.Waiting) {
            return SessionMoves.open(session, now, rules);
        }
        if (phase instanceof Phase.Leaving) {
            return SessionMoves.stop(session, StopReason.LOGOUT);
        }
        if (!(phase instanceof Phase.Online)) {
            return SessionMoves.backOff(session, now, rules);
        }
        Phase.Online online = (Phase.Online) phase;
        if (online.leaveAt != null && now >= online.leaveAt) {
            return SessionMoves.open(session.withAttempt(SessionMoves.isStable(session, now, rules) ? 0 : session.attempt), now, rules);
        }
        return online.heartbeat.isDead()
                ? SessionMoves.backOff(session, now, rules)
                : SessionMoves.ping(session, online, now, Long.MAX_VALUE);
    }

    private static Session onSent(Session session, long now) {
        if (!(session.phase instanceof Phase.Online)) {
            return session;
        }
        Phase.Online online = (Phase.Online) session.phase;
        return session.in(online.with(online.heartbeat.sent(now)));
    }

    private static Session alive(Session session, long now) {
        if (!(session.phase instanceof Phase.Online)) {
            return session;
        }
        Phase.Online online = (Phase.Online) session.phase;
        return session.in(online.with(online.heartbeat.heard(now)));
    }
}
