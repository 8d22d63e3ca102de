package dev.longwire.sdk.core;

/** What a frame from the server does. One that makes no sense in the phase is passed over. */
final class SessionFrames {
    private SessionFrames() {}

    static Step onFrame(Session session, ServerFrame frame, long now, SessionRules rules) {
        if (frame instanceof ServerFrame.PushFrame) {
            // One that outran the welcome is taken too: passing it over and finishing a later one would lose it.
            Identity identity = session.phase.identity();
            return identity == null ? Step.only(session) : Step.of(session, Effect.of(Effect.Kind.PUSH, identity, frame));
        }
        if (frame instanceof ServerFrame.Answer) {
            return Step.of(session, Effect.of(Effect.Kind.ANSWER, null, frame));
        }
        if (frame instanceof ServerFrame.Registered) {
            return onRegistered(session, ((ServerFrame.Registered) frame).identity, now, rules);
        }
        if (frame instanceof ServerFrame.Welcome) {
            return onWelcome(session, (ServerFrame.Welcome) frame, now);
        }
        if (frame instanceof ServerFrame.Reconnect) {
            return onReconnect(session, ((ServerFrame.Reconnect) frame).afterMs, now);
        }
        if (frame instanceof ServerFrame.Kick) {
            return Step.only(session.kicked(((ServerFrame.Kick) frame).reason));
        }
        if (frame instanceof ServerFrame.Fault) {
            return onFault(session, (ServerFrame.Fault) frame);
        }
        return Step.only(session);
    }

    private static Step onRegistered(Session session, Identity identity, long now, SessionRules rules) {
        if (!(session.phase instanceof Phase.Registering)) {
            return Step.only(session);
        }
        Session next = session.as(identity).in(new Phase.LoggingIn(now + rules.loginTimeoutMs, identity));
        return Step.of(next, Effect.of(Effect.Kind.REGISTERED, identity, null), Effect.of(Effect.Kind.LOGIN, identity, null));
    }

    private static Step onWelcome(Session session, ServerFrame.Welcome welcome, long now) {
        if (!(session.phase instanceof Phase.LoggingIn)) {
            return Step.only(session);
        }
        Identity identity = session.phase.identity();
        Heartbeat heartbeat = Heartbeat.start(welcome.heartbeatMs, now);
        Session next = session.renewing(false).in(new Phase.Online(identity, now, heartbeat, null));
        Effect welcomed = Effect.of(Effect.Kind.WELCOME, identity, welcome);
        return welcome.serverTime == null ? Step.of(next, welcomed) : Step.of(next, Effect.clock(welcome.serverTime), welcomed);
    }

    private static Step onReconnect(Session session, long afterMs, long now) {
        long moment = now + Math.min(afterMs, SessionMoves.MAX_AFTER_MS);
        if (!(session.phase instanceof Phase.Online)) {
            return Step.only(session.notBefore(moment));
        }
        Phase.Online online = (Phase.Online) session.phase;
        return Step.only(session.notBefore(moment).in(new Phase.Online(online.identity, online.since, online.heartbeat, moment)));
    }

    private static Step onFault(Session session, ServerFrame.Fault fault) {
        Effect told = Effect.of(Effect.Kind.FAULT, null, fault);
        Identity identity = session.phase.identity();
        if (fault.code.equals("bad_position") && identity != null && ("seq".equals(fault.field) || "bseq".equals(fault.field))) {
            return Step.of(session, told, Effect.forget(identity, fault.field));
        }
        if (!fault.code.equals("bad_credentials")) {
            return Step.of(session, told);
        }
        boolean clock = "clock".equals(fault.reason) && fault.serverTime != null;
        return clock ? Step.of(session.refused(fault), told, Effect.clock(fault.serverTime)) : Step.of(session.refused(fault), told);
    }
}
