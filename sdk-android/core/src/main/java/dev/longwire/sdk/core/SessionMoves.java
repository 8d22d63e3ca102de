package dev.longwire.sdk.core;

import dev.longwire.sdk.StopReason;

/** The moves that more than one rule makes. */
final class SessionMoves {
    /** Longest time a server may ask a device to stay away. */
    static final long MAX_AFTER_MS = 300_000;

    private SessionMoves() {}

    /** Leaves the socket there is, and opens a new one at once. */
    static Step open(Session session, long now, SessionRules rules) {
        if (session.kicked != null) {
            return stop(session, ClosePolicy.ofKick(session.kicked));
        }
        Session next = session.onNextSocket(new Phase.Opening(now + rules.openTimeoutMs));
        return Step.leaving(session, next, Effect.ofSocket(Effect.Kind.OPEN, next.socket));
    }

    /** Leaves the socket there is and comes back later: after a backoff, and not before the server wants it. */
    static Step backOff(Session session, long now, SessionRules rules) {
        int attempt = isStable(session, now, rules) ? 0 : session.attempt;
        long waitMs = Backoff.waitMs(attempt, rules.reconnectMinMs, rules.reconnectMaxMs, rules.random());
        return waitUntil(session.withAttempt(attempt + 1), Math.max(now + waitMs, session.notBefore), session.notBefore);
    }

    static Step waitUntil(Session session, long until, long notBefore) {
        // Where the network goes, nothing is heard of the close that comes after a kick.
        if (session.kicked != null) {
            return stop(session, ClosePolicy.ofKick(session.kicked));
        }
        return Step.leaving(session, session.in(new Phase.Waiting(until, notBefore)));
    }

    static Step stop(Session session, StopReason reason) {
        return Step.leaving(session, session.in(new Phase.Stopped(reason)));
    }

    /** @param withinMs how long the server may take to answer, if less than half a heartbeat */
    static Step ping(Session session, Phase.Online online, long now, long withinMs) {
        Phase next = online.with(online.heartbeat.pinged(now, withinMs));
        return Step.of(session.in(next), Effect.send(Frames.PING));
    }

    static boolean isStable(Session session, long now, SessionRules rules) {
        return session.phase instanceof Phase.Online && now - ((Phase.Online) session.phase).since >= rules.stableMs;
    }
}
